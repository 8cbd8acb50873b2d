/**
 * The schema of {@linkcode EgressConfig}: what egress takes as its configuration, and what `bot-bottle schema
 * egress-config` prints.
 */

import { z } from "../deps/zod.ts";
import { BottleError } from "../errors.ts";
import { parseAddress, parseCidr } from "./host/address.ts";
import type { EgressConfig } from "./config.ts";
import { checkToken, isInjectableHeader } from "./credential/credentials.ts";
import { findHeaderMatchFault } from "./route/header_match.ts";
import { parseHost, printHost } from "./host/host.ts";
import { parseHostPattern, printHostPattern } from "./host/host_pattern.ts";
import { parseNoProxyEntry } from "./host/no_proxy.ts";
import { endsWithPlaceholder } from "./credential/placeholder.ts";
import type { Route } from "./route/route.ts";
import { findPathMatchFault } from "./route/route_match.ts";
import { compileRoutes } from "./route/route_table.ts";

/** RFC 9110, 9.1: a token; methods in use are upper case. */
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const SLOT = /^EGRESS_TOKEN_[1-9][0-9]{0,3}$/;
/** RFC 7617, 2: no colon; and ASCII, as the encoding is nowhere agreed on. */
const USERNAME = /^[ -9;-~]{1,256}$/;
/** RFC 9110, 5.5, without the bytes beyond ASCII. */
const FIELD_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;

const port = z.int().min(1).max(65_535);
const text = z.string().max(1_024);
const pem = z.string().max(1_048_576).includes("-----BEGIN CERTIFICATE-----");
const address = z.string().refine((value) => parseAddress(value)?.text === value, {
  error: "Not a canonical IP address",
});
const ipv4Address = address.refine((value) => parseAddress(value)?.family === 4, {
  error: "Not an IPv4 address",
});
const subnet = z.string().refine((value) => parseCidr(value) !== undefined, {
  error: "Not a CIDR block, such as 172.18.0.0/16",
});
const host = z.string().refine((value) => {
  const parsed = parseHost(value);
  return parsed.kind !== "bad" && printHost(parsed) === value;
}, { error: "Not a canonical host" });
/** The host of a route: canonical. */
export const routeHost = z.string().refine((value) => {
  const pattern = parseHostPattern(value);
  return pattern.kind !== "bad" && printHostPattern(pattern) === value;
}, { error: "Not a canonical host or wildcard, such as *.example.com" });
const noProxyEntry = z.string().refine((value) => {
  const entry = parseNoProxyEntry(value);
  return entry.ok && entry.text === value;
}, { error: "Not a canonical name, address or block" });
const slot = z.templateLiteral(["EGRESS_TOKEN_", z.int()]).refine((name) => SLOT.test(name), {
  error: "Not a slot, such as EGRESS_TOKEN_1",
});

const placeholder = text.refine(endsWithPlaceholder, { error: "Not a placeholder" });

const auth = z.discriminatedUnion("scheme", [
  z.strictObject({ scheme: z.literal("bearer"), token: slot }),
  z.strictObject({ scheme: z.literal("token"), token: slot }),
  z.strictObject({ scheme: z.literal("basic"), username: z.string().regex(USERNAME), token: slot }),
  z.strictObject({
    scheme: z.literal("header"),
    header: z.string().max(128).refine(isInjectableHeader, { error: "Not a header to inject" }),
    token: slot,
  }),
  z.strictObject({ scheme: z.literal("agent") }),
]);

const pathMatch = z.strictObject({
  type: z.enum(["prefix", "exact", "glob", "regex"]),
  value: z.string().max(2_048),
}).superRefine((match, context) => {
  const fault = findPathMatchFault(match);
  if (fault === undefined) return;
  context.addIssue({ code: "custom", message: `Not a path of a route: ${fault}` });
});

const headerMatch = z.strictObject({
  name: z.string().max(128),
  type: z.enum(["exact", "regex"]),
  value: z.string().max(1_024),
}).superRefine((match, context) => {
  const fault = findHeaderMatchFault(match);
  if (fault === undefined) return;
  context.addIssue({ code: "custom", message: `Not a header of a route: ${fault}` });
});

/** The ports of a route. */
export const routePorts = z.array(port).min(1).max(64);
/** The methods of a match. */
export const routeMethods = z.array(z.string().regex(METHOD)).min(1).max(32);
/** The paths of a match. */
export const routePaths = z.array(pathMatch).min(1).max(256);

const match = z.strictObject({
  methods: z.exactOptional(routeMethods),
  paths: z.exactOptional(routePaths),
  headers: z.exactOptional(z.array(headerMatch).min(1).max(16)),
  expires_at: z.exactOptional(z.iso.datetime()),
});

const count = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const limits = z.strictObject({
  requests_per_minute: z.exactOptional(z.int().min(1).max(1_000_000)),
  bytes_out: z.exactOptional(count),
  body_bytes: z.exactOptional(count),
});

const route = z.strictObject({
  host: routeHost,
  ports: z.exactOptional(routePorts),
  matches: z.exactOptional(z.array(match).max(256)),
  auth: z.exactOptional(auth),
  allow_private: z.exactOptional(z.boolean()),
  limits: z.exactOptional(limits),
  tls: z.exactOptional(z.literal("passthrough")),
  provider: z.exactOptional(z.literal(true)),
  origin: text,
});

const routes = z.array(route).max(4_096);

/** Strict: an unknown key is an error, as it may be a rule that this version does not know. */
export const egressConfigSchema = z.strictObject({
  listen: z.strictObject({ address, port: z.int().min(0).max(65_535) }),
  dns: z.nullable(z.strictObject({ address, port, names: z.record(host, ipv4Address) })),
  peers: z.array(address).max(64),
  routes,
  tokens: z.partialRecord(slot, z.string().max(65_536)),
  placeholders: z.array(z.strictObject({ value: placeholder, token: z.nullable(slot) })).max(64),
  extra_ca_pem: z.nullable(pem),
  upstream_proxy: z.nullable(z.strictObject({
    host,
    port,
    authorization: z.nullable(z.string().max(8_192).regex(FIELD_VALUE)),
    no_proxy: z.array(noProxyEntry).max(256),
  })),
  private_exceptions: z.array(
    z.strictObject({ hosts: z.array(host).max(256), subnets: z.array(subnet).max(64) }),
  ).max(64),
  log: z.enum(["all", "blocked", "off"]),
  self_test: z.nullable(z.strictObject({ placeholder: text.min(1), value: text.min(1) })),
  ca: z.nullable(z.strictObject({ cert_pem: pem, key_pem: z.string().max(65_536) })),
});

/**
 * Parses a configuration. The error names the places that are wrong, never a value: there are credentials among
 * them.
 * @throws {BottleError} `config-invalid`, `route-invalid`, `route-duplicate`, `token-invalid`
 */
export function parseEgressConfig(value: unknown): EgressConfig {
  const parsed = egressConfigSchema.safeParse(value);
  if (!parsed.success) throw invalid("Not a configuration of egress", parsed.error);
  const config: EgressConfig = parsed.data;
  compileRoutes(config.routes);
  for (const [name, token] of Object.entries(config.tokens)) checkToken(name, token ?? "");
  for (const { host, auth } of config.routes) {
    if (auth && auth.scheme !== "agent" && config.tokens[auth.token] === undefined) {
      throw new BottleError(`No value for "${auth.token}", which the route "${host}" injects`, {
        code: "config-invalid",
      });
    }
  }
  return config;
}

/**
 * Parses a list of routes that is to take the place of a configuration's.
 * @throws {BottleError} `config-invalid`, `route-invalid`, `route-duplicate`
 */
export function parseRoutes(value: unknown): readonly Route[] {
  const parsed = routes.safeParse(value);
  if (!parsed.success) throw invalid("Not a list of routes", parsed.error);
  compileRoutes(parsed.data);
  return parsed.data;
}

function invalid(message: string, error: z.ZodError): BottleError {
  return new BottleError(message, {
    code: "config-invalid",
    hint: "`bot-bottle schema egress-config` prints what it has to be",
    details: error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
  });
}

/**
 * The schema as JSON Schema (draft 2020-12). What only code can say (canonical hosts, addresses, paths) is not in
 * it.
 */
export function egressConfigJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(egressConfigSchema, { io: "input" });
}
