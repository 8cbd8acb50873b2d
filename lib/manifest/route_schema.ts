/** The schema of a route in a manifest (egress.md, "Routes"). */

import { z } from "../deps/zod.ts";
import { isInjectableHeader, isStripped } from "../egress/credential/credentials.ts";
import { findHeaderMatchFault } from "../egress/route/header_match.ts";
import { foldHeaderName } from "../egress/header_name.ts";
import type { HeaderMatch, PathMatch } from "../egress/route/route.ts";
import { passthroughConflict } from "../egress/route/route_fault.ts";
import { findPathMatchFault } from "../egress/route/route_match.ts";
import { parseByteSize } from "./byte_size.ts";
import { credential } from "./credential_schema.ts";
import { quote } from "./problem.ts";
import { findHostFault } from "./route_host.ts";
import { type Fault, mustBe, mustBeOneOf, notYet, shape, text } from "./shape.ts";
import { valueAt } from "./value_tree.ts";

const method = text(findMethodFault);

const path = shape({
  type: z.enum(["prefix", "exact", "glob", "regex"], {
    error: (issue) => mustBeOneOf('"prefix", "exact", "glob" or "regex"', issue.input),
  }),
  value: text(() => undefined),
}).superRefine((value, context) => addFault(context, ["value"], findPathTextFault(value)));

const header = shape({
  name: text(() => undefined),
  type: z.enum(["exact", "regex"], {
    error: (issue) => mustBeOneOf('"exact" or "regex"', issue.input),
  }),
  value: text(() => undefined),
}).superRefine((value, context) => {
  const ofName = findHeaderTextFault({ ...value, type: "exact", value: "x" });
  addFault(context, ["name"], ofName);
  if (ofName === undefined) addFault(context, ["value"], findHeaderTextFault(value));
});

const match = shape({
  methods: z.array(method).min(1, { error: "must name a method, or be left out" }).max(32)
    .exactOptional(),
  paths: z.array(path).min(1, { error: "must name a path, or be left out" }).max(256)
    .exactOptional(),
  headers: z.array(header).min(1, { error: "must name a header, or be left out" }).max(16)
    .exactOptional(),
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
  shape({ scheme: z.literal("agent") }),
], {
  error: (issue) => {
    if (issue.code !== "invalid_union") return mustBe("a map", issue.input);
    return mustBeOneOf(
      "bearer, token, basic, header or agent",
      valueAt(issue.input, ["scheme"]),
    );
  },
});

/** Bounds of one route; sizes as in `resources`. */
const limits = shape({
  requests_per_minute: z.int().min(1).max(1_000_000).exactOptional(),
  bytes_out: text(findSizeFault, "text such as 10m").exactOptional(),
  body_bytes: text(findSizeFault, "text such as 5m").exactOptional(),
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
  limits: limits.exactOptional(),
  tls: z.enum(["intercept", "passthrough"], {
    error: (issue) => mustBeOneOf('"intercept" or "passthrough"', issue.input),
  }).exactOptional(),
  dlp: notYet(),
}).superRefine((route, context) => {
  const beside = route.tls === "passthrough" ? passthroughConflict(route) : undefined;
  addFault(
    context,
    ["tls"],
    beside === undefined ? undefined : {
      why: `can't be "passthrough" beside ${quote(beside)}`,
      hint: `Nothing inside the connection is seen then: remove ${quote(beside)}, or "tls"`,
    },
  );
  for (const [index, { headers = [] }] of (route.matches ?? []).entries()) {
    for (const [at, { name }] of headers.entries()) {
      const isSaid = findHeaderTextFault({ name, type: "exact", value: "x" }) !== undefined;
      if (isSaid || !isStripped(foldHeaderName(name), route.auth)) continue;
      addFault(context, ["matches", index, "headers", at, "name"], {
        why: `can't be ${quote(name)}: on this route egress takes it off`,
      });
    }
  }
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
function findPathTextFault(path: PathMatch): Fault | undefined {
  if (path.value.length > 2_048) return { why: "must have at most 2048 characters" };
  if (path.type === "regex") {
    const why = findPathMatchFault(path);
    const hint = "RE2's syntax, without look-around and back-references; the whole path has to fit";
    return why === undefined ? undefined : { why: `is no expression for a path: ${why}`, hint };
  }
  const why = findPathMatchFault({ type: "exact", value: path.value });
  if (why !== undefined) return { why: `is no path of a route: ${why}` };
  if (path.type !== "glob" && path.value.includes("*")) {
    const hint = path.type === "prefix"
      ? "A prefix already covers all below it; for stars write type: glob"
      : "For stars write type: glob";
    return { why: "must hold no *", hint };
  }
  const typed = findPathMatchFault(path);
  return typed === undefined ? undefined : { why: `is no path of a route: ${typed}` };
}

function findHeaderTextFault(match: HeaderMatch): Fault | undefined {
  // Header names compare without case; the plan has one spelling.
  const why = findHeaderMatchFault({ ...match, name: match.name.toLowerCase() });
  return why === undefined ? undefined : { why: `is no match of ${quote(match.name)}: ${why}` };
}

function findSizeFault(value: string): Fault | undefined {
  return parseByteSize(value) === undefined
    ? { why: "must be a size such as 512k, 10m or 1g" }
    : undefined;
}

function addFault(context: Refinement, path: PropertyKey[], fault: Fault | undefined): void {
  if (fault === undefined) return;
  const { why, hint } = fault;
  context.addIssue({ code: "custom", path, message: why, params: { hint } });
}

/** What a schema's refinement adds its issues to. */
type Refinement = z.core.$RefinementCtx;

function findHeaderFault(value: string): Fault | undefined {
  return isInjectableHeader(value.toLowerCase()) && value.length <= 128
    ? undefined
    : { why: `must be the name of a header that frames nothing, not ${quote(value)}` };
}
