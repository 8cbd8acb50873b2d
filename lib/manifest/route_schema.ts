/** The schema of a route in a manifest (egress.md, "Routes"). */

import { z } from "../deps/zod.ts";
import { quote } from "./problem.ts";
import { findHostFault } from "./route_host.ts";
import {
  type Fault,
  hostVariable,
  mustBe,
  NOT_IN_THIS_VERSION,
  notYet,
  shape,
  text,
} from "./shape.ts";
import { valueAt } from "./value_tree.ts";

/** A header that frames a message or names its peer can't carry a credential. */
const FRAMING = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "keep-alive",
  "expect",
]);

const method = text(findMethodFault);

const path = shape({
  type: z.enum(["prefix", "exact"], {
    error: (issue) =>
      issue.input === "regex" ? NOT_IN_THIS_VERSION : mustBe('"prefix" or "exact"', issue.input),
  }),
  value: text(findPathFault),
});

const match = shape({
  methods: z.array(method).min(1, { error: "must name a method, or be left out" }).exactOptional(),
  paths: z.array(path).min(1, { error: "must name a path, or be left out" }).exactOptional(),
  headers: notYet(),
});

const auth = z.discriminatedUnion("scheme", [
  shape({ scheme: z.literal("bearer"), token_ref: hostVariable() }),
  shape({ scheme: z.literal("token"), token_ref: hostVariable() }),
  shape({
    scheme: z.literal("basic"),
    token_ref: hostVariable(),
    username: text((value) =>
      /^[\x21-\x39\x3b-\x7e]{1,255}$/.test(value)
        ? undefined
        : { why: "must be visible ASCII without a colon" }
    ),
  }),
  shape({ scheme: z.literal("header"), token_ref: hostVariable(), header: text(findHeaderFault) }),
], {
  error: (issue) => {
    if (issue.code !== "invalid_union") return mustBe("a map", issue.input);
    const scheme = valueAt(issue.input, ["scheme"]);
    return scheme === "agent"
      ? NOT_IN_THIS_VERSION
      : mustBe("bearer, token, basic or header", scheme);
  },
});

/** One route. `token_ref` names a host variable; the host is canonical only after `canonicalHost`. */
export const routeSchema = shape({
  host: text(findHostFault),
  ports: z.array(z.int().min(1).max(65_535))
    .min(1, { error: "must name a port, or be left out" }).exactOptional(),
  matches: z.array(match).exactOptional(),
  auth: auth.exactOptional(),
  allow_private: z.boolean().exactOptional(),
  tls: z.literal("intercept", {
    error: (issue) =>
      issue.input === "passthrough" ? NOT_IN_THIS_VERSION : mustBe('"intercept"', issue.input),
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

/** Egress compares paths in one normal form; what has another form would never match, or match too much. */
function findPathFault(value: string): Fault | undefined {
  if (!value.startsWith("/")) return { why: "must begin with /" };
  if (!/^[\x21-\x7e]*$/.test(value)) {
    return { why: "must be visible ASCII, the rest percent-encoded" };
  }
  if (/[?#\\;*]/.test(value)) {
    return { why: "must hold none of ? # \\ ; *", hint: "A prefix already covers all below it" };
  }
  if (value.includes("//") || /\/\.{1,2}(?:\/|$)/.test(value)) {
    return { why: "must have no empty, . or .. segment" };
  }
  if (/%(?![0-9A-F]{2})|%2F|%5C|%2E|%00/.test(value)) {
    return {
      why: "must have upper-case percent-encoding, and none of a slash, a backslash, a dot or NUL",
    };
  }
  return undefined;
}

function findHeaderFault(value: string): Fault | undefined {
  const name = value.toLowerCase();
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return { why: "must be the name of a header" };
  return FRAMING.has(name) || name.startsWith("proxy-")
    ? { why: `can't be ${quote(name)}: it frames the message` }
    : undefined;
}
