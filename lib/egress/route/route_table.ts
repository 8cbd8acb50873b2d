/** Which route a host falls under. */

import { BottleError } from "../../errors.ts";
import { type Host, printHost } from "../host/host.ts";
import { parseHostPattern, printHostPattern } from "../host/host_pattern.ts";
import type { BlockReason } from "../reason.ts";
import type { Route } from "./route.ts";
import { isLive } from "./route_expiry.ts";
import { findRouteFault } from "./route_fault.ts";
import { type CompiledMatch, compileMatch, countExpressions } from "./route_match.ts";

/** A route and its matches, ready to be asked. */
export interface CompiledRoute {
  /** As it is written. */
  readonly route: Route;
  /** Empty: every request. */
  readonly matches: readonly CompiledMatch[];
}

/** Routes, ready to be looked up. */
export interface RouteTable {
  /** By canonical host. */
  readonly exact: ReadonlyMap<string, CompiledRoute>;
  /** By suffix with its leading dot; the longest first. */
  readonly wildcards: readonly (readonly [string, CompiledRoute])[];
}

/** Expressions of all routes: RE2's states of one may take 8 MiB, and what is asked for is the agent's to choose. */
const MAX_EXPRESSIONS = 64;

/** Where a connection goes. */
export interface Destination {
  /** Of the request. */
  readonly scheme: "http" | "https";
  /** From the one host parser. */
  readonly host: Host;
  /** The port asked for. */
  readonly port: number;
}

/** A route that lets it pass, or why none does. `detail` holds nothing of the request but host, port and method. */
export type Decision =
  | { readonly ok: true; readonly route: Route }
  | {
    readonly ok: false;
    readonly reason: Extract<
      BlockReason,
      "host-not-allowed" | "ip-literal" | "expired" | "port" | "method" | "no-match" | "protocol"
    >;
    readonly detail: string;
    /** The route that named the host. */
    readonly route?: Route;
  };

/**
 * Makes a table. Hosts must be canonical or become so; each may stand once. Expressions are compiled here, and nowhere
 * later.
 * @throws {BottleError} `route-invalid`, `route-duplicate`
 */
export function compileRoutes(routes: readonly Route[]): RouteTable {
  const exact = new Map<string, CompiledRoute>();
  const wildcards = new Map<string, CompiledRoute>();
  let expressions = 0;
  for (const route of routes) {
    const pattern = parseHostPattern(route.host);
    if (pattern.kind === "bad") throw invalid(route, pattern.why);
    const fault = findRouteFault(route);
    if (fault !== undefined) throw invalid(route, fault);
    const { matches = [] } = route;
    expressions += matches.reduce((sum, match) => sum + countExpressions(match), 0);
    if (expressions > MAX_EXPRESSIONS) {
      throw invalid(
        route,
        `all routes together have at most ${MAX_EXPRESSIONS} regular expressions`,
      );
    }
    const key = printHostPattern(pattern);
    const group = pattern.kind === "exact" ? exact : wildcards;
    if (group.has(key)) {
      throw new BottleError(`Two routes for "${key}"`, {
        code: "route-duplicate",
        hint: `Write one route with both in its "matches"`,
      });
    }
    group.set(key, { route, matches: matches.map(compileMatch) });
  }
  const longestFirst = [...wildcards].map(([key, compiled]) => [key.slice(1), compiled] as const)
    .sort(([a], [b]) => b.length - a.length);
  return { exact, wildcards: longestFirst };
}

/**
 * The one route of a host: the exact one, else the wildcard with the longest suffix. It alone decides: what the
 * most specific route refuses, a wider one does not let through, so that a narrow route can restrict a wide one.
 *
 * @param counts leaves out routes that it is false for; default: none
 */
export function findRoute(
  table: RouteTable,
  host: Host,
  counts: (route: Route) => boolean = () => true,
): CompiledRoute | undefined {
  const exact = table.exact.get(printHost(host));
  if (exact && counts(exact.route)) return exact;
  if (host.kind === "ip") return undefined;
  return table.wildcards.find(([suffix, { route }]) => host.name.endsWith(suffix) && counts(route))
    ?.[1];
}

/**
 * Judges a connection by its host and port, before there is a request.
 *
 * @example
 * ```ts
 * import { compileRoutes, decide } from "./route_table.ts";
 * import { hostName } from "../host/host.ts";
 * const table = compileRoutes([{ host: "*.example.com", origin: "manifest demo.md:7" }]);
 * const host = { kind: "name", name: hostName("a.example.com") } as const;
 * if (!decide(table, { scheme: "https", host, port: 443 }).ok) throw new Error("expected a route");
 * if (decide(table, { scheme: "https", host, port: 22 }).ok) throw new Error("expected a refusal");
 * ```
 *
 * @param now milliseconds since 1970: a route all of whose matches have expired is as good as none
 */
export function decide(
  table: RouteTable,
  { scheme, host, port }: Destination,
  now: number = Date.now(),
): Decision {
  const route = findRoute(table, host, (candidate) => isLive(candidate, now))?.route;
  const shown = JSON.stringify(printHost(host));
  const expired = route ? undefined : findRoute(table, host)?.route;
  if (expired) {
    const detail = `What the route "${expired.host}" let pass was allowed for a time that is over`;
    return { ok: false, reason: "expired", detail, route: expired };
  }
  if (!route && host.kind === "ip") {
    const detail =
      `No route names the address ${shown}; a literal address passes only where one does`;
    return { ok: false, reason: "ip-literal", detail };
  }
  if (!route) return { ok: false, reason: "host-not-allowed", detail: `No route names ${shown}` };
  if (scheme === "http" && port === 443) {
    return { ok: false, reason: "port", detail: "Port 443 takes https only, by CONNECT", route };
  }
  const ports = route.ports ?? [scheme === "https" ? 443 : 80];
  if (ports.includes(port)) return { ok: true, route };
  const detail = `Port ${port} is not one of the route "${route.host}": ${ports.join(", ")}`;
  return { ok: false, reason: "port", detail, route };
}

function invalid(route: Route, why: string): BottleError {
  return new BottleError(`Not a route: ${JSON.stringify(route.host)}`, {
    code: "route-invalid",
    hint: why,
    details: [route.origin],
  });
}
