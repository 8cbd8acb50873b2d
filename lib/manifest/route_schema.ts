/** The schema of a route in a manifest (egress.md, "Routes"). */

import { z } from "../deps/zod.ts";
import { isInjectableHeader } from "../egress/credentials.ts";
import { findPathFault } from "../egress/path.ts";
import type { PathMatch } from "../egress/route.ts";
import { credential } from "./credential_schema.ts";
import { quote } from "./problem.ts";
import { findHostFault } from "./route_host.ts";
import {
  type Fault,
  mustBe,
  mustBeOneOf,
  NOT_IN_THIS_VERSION,
  notYet,
  shape,
  text,
} from "./shape.ts";
import { valueAt } from "./value_tree.ts";

const method = text(findMethodFault);

const path = shape({
  type: z.enum(["prefix", "exact", "glob"], {
    error: (issue) =>
      issue.input === "regex"
        ? NOT_IN_THIS_VERSION
        : mustBeOneOf('"prefix", "exact" or "glob"', issue.input),
  }),
  value: text(findTextFault),
}).superRefine((value, context) => {
  // What holds for every path was said of the value itself.
  const fault = findTextFault(value.value) === undefined ? findTypedFault(value) : undefined;
  if (fault === undefined) return;
  const { why, hint } = fault;
  context.addIssue({ code: "custom", path: ["value"], message: why, params: { hint } });
});

const match = shape({
  methods: z.array(method).min(1, { error: "must name a method, or be left out" }).max(32)
    .exactOptional(),
  paths: z.array(path).min(1, { error: "must name a path, or be left out" }).max(256)
    .exactOptional(),
  headers: notYet(),
});

const auth = z.discriminatedUnion("scheme", [
  shape({ scheme: z.literal("bearer"), token_ref: credential }),
  shape({ scheme: z.literal("token"), token_ref: credential }),
  shape({
    scheme: z.literal("basic"),
    token_ref: credential,
    username: text((value) =>
      /^[\x21-\x39\x3b-\x7e]{1,255}$/.test(value)
        ? undefined
        : { why: "must be visible ASCII without a colon" }
    ),
  }),
  shape({ scheme: z.literal("header"), token_ref: credential, header: text(findHeaderFault) }),
], {
  error: (issue) => {
    if (issue.code !== "invalid_union") return mustBe("a map", issue.input);
    const scheme = valueAt(issue.input, ["scheme"]);
    return scheme === "agent"
      ? NOT_IN_THIS_VERSION
      : mustBeOneOf("bearer, token, basic or header", scheme);
  },
});

/** One route. `token_ref` names a credential; the host is canonical only after `canonicalHost`. */
export const routeSchema = shape({
  host: text(findHostFault),
  ports: z.array(z.int().min(1).max(65_535))
    .min(1, { error: "must name a port, or be left out" }).max(64).exactOptional(),
  // Whoever writes an empty list means that nothing matches; without a list everything does.
  matches: z.array(match).min(1, { error: "must have an entry, or be left out" }).max(256)
    .exactOptional(),
  auth: auth.exactOptional(),
  allow_private: z.boolean().exactOptional(),
  tls: z.literal("intercept", {
    error: (issue) =>
      issue.input === "passthrough" ? NOT_IN_THIS_VERSION : mustBeOneOf('"intercept"', issue.input),
  }).exactOptional(),
  dlp: notYet(),
  limits: notYet(),
});

/** Methods are compared byte for byte: a lower-case one would never match. */
function findMethodFault(value: string): Fault | undefined {
  if (!/^[A-Z][A-Z-]{0,31}$/.test(value)) {
    return { why: `must be a method in upper case, not ${quote(value)}` };
  }
  return value === "CONNECT" || value === "TRACE"
    ? { why: `can't be ${value}: egress never passes it on` }
    : undefined;
}

/** What egress would refuse in its configuration, it is better to say here. */
function findTextFault(value: string): Fault | undefined {
  if (value.length > 2_048) return { why: "must have at most 2048 characters" };
  return notOfRoute(findPathFault({ type: "exact", value }));
}

function findTypedFault(path: PathMatch): Fault | undefined {
  if (path.type !== "glob" && path.value.includes("*")) {
    const hint = path.type === "prefix"
      ? "A prefix already covers all below it; for stars write type: glob"
      : "For stars write type: glob";
    return { why: "must hold no *", hint };
  }
  return notOfRoute(findPathFault(path));
}

function notOfRoute(why: string | undefined): Fault | undefined {
  return why === undefined ? undefined : { why: `is no path of a route: ${why}` };
}

function findHeaderFault(value: string): Fault | undefined {
  return isInjectableHeader(value.toLowerCase()) && value.length <= 128
    ? undefined
    : { why: `must be the name of a header that frames nothing, not ${quote(value)}` };
}
