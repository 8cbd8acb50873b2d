/** Which route a request falls under, and if none, what would have let it pass. */

import { BottleError } from "../errors.ts";
import { type Host, printHost } from "./host.ts";
import { parseHostPattern, printHostPattern } from "./host_pattern.ts";
import { findPathFault, holdsPath, parsePath, type RequestPath } from "./path.ts";
import type { BlockReason } from "./reason.ts";
import type { Route, RouteMatch } from "./route.ts";
import { isLive, liveMatches } from "./route_expiry.ts";

/** Routes, ready to be looked up. */
export interface RouteTable {
  /** By canonical host. */
  readonly exact: ReadonlyMap<string, Route>;
  /** By suffix with its leading dot; the longest first. */
  readonly wildcards: readonly (readonly [string, Route])[];
}

/** Where a connection goes. */
export interface Destination {
  /** Of the request. */
  readonly scheme: "http" | "https";
  /** From the one host parser. */
  readonly host: Host;
  /** The port asked for. */
  readonly port: number;
}

/** What is asked for there. */
export interface RequestLine extends Destination {
  /** As it came: methods are case-sensitive. */
  readonly method: string;
  /** Path and query, as they came; begins with `/`. */
  readonly path: string;
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
 * Makes a table. Hosts must be canonical or become so; each may stand once.
 * @throws {BottleError} `route-invalid`, `route-duplicate`
 */
export function compileRoutes(routes: readonly Route[]): RouteTable {
  const exact = new Map<string, Route>();
  const wildcards = new Map<string, Route>();
  for (const route of routes) {
    const pattern = parseHostPattern(route.host);
    if (pattern.kind === "bad") throw invalid(route, pattern.why);
    checkPaths(route);
    const key = printHostPattern(pattern);
    const group = pattern.kind === "exact" ? exact : wildcards;
    if (group.has(key)) {
      throw new BottleError(`Two routes for "${key}"`, {
        code: "route-duplicate",
        hint: `Write one route with both in its "matches"`,
      });
    }
    group.set(key, route);
  }
  const longestFirst = [...wildcards].map(([key, route]) => [key.slice(1), route] as const)
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
): Route | undefined {
  const exact = table.exact.get(printHost(host));
  if (exact && counts(exact)) return exact;
  if (host.kind === "ip") return undefined;
  return table.wildcards.find(([suffix, route]) => host.name.endsWith(suffix) && counts(route))
    ?.[1];
}

/**
 * Judges a connection by its host and port, before there is a request.
 *
 * @example
 * ```ts
 * import { compileRoutes, decide } from "./route_table.ts";
 * import { hostName } from "./host.ts";
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
  const route = findRoute(table, host, (candidate) => isLive(candidate, now));
  const shown = JSON.stringify(printHost(host));
  const expired = route ? undefined : findRoute(table, host);
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

/**
 * Judges a whole request. A path that two servers could read differently is refused where the route limits paths;
 * where it does not, only what is no path at all.
 */
export function decideRequest(
  table: RouteTable,
  request: RequestLine,
  now: number = Date.now(),
): Decision {
  const decision = decide(table, request, now);
  if (!decision.ok) return decision;
  const { route } = decision;
  const parsed = parsePath(request.path);
  if (parsed.kind === "bad") {
    return { ok: false, reason: "protocol", detail: `Malformed path: ${parsed.why}`, route };
  }
  const all = route.matches ?? [];
  if (all.length === 0) return decision;
  const matches = liveMatches(all, now);
  const onPath = matches.filter((match) => isOnPath(match, parsed));
  if (onPath.some((match) => holdsMethod(match, request.method))) return decision;
  const past = all.find((match) =>
    !matches.includes(match) && isOnPath(match, parsed) &&
    holdsMethod(match, request.method)
  );
  if (past?.expires_at !== undefined) {
    const detail = `It was allowed on the route "${route.host}" until ${past.expires_at}`;
    return { ok: false, reason: "expired", detail, route };
  }
  if (parsed.ambiguity && onPath.length === 0) {
    const detail = `Ambiguous path under a route that limits paths: ${parsed.ambiguity}`;
    return { ok: false, reason: "protocol", detail, route };
  }
  if (onPath.length > 0) {
    const methods = [...new Set(onPath.flatMap((match) => match.methods ?? []))];
    const detail = `${JSON.stringify(request.method)} is not allowed on this path: ${
      methods.join(", ")
    } would be`;
    return { ok: false, reason: "method", detail, route };
  }
  const wanted = matches.map(describeMatch).join("; ");
  const detail = `The path fits none of the route "${route.host}": ${wanted}`;
  return { ok: false, reason: "no-match", detail, route };
}

/** A match in one line: `GET, HEAD on /repos/*`, `any method on any path until 2026-01-02T03:04:05.000Z`. */
export function describeMatch(match: RouteMatch): string {
  const paths = (match.paths ?? []).map(({ type, value }) =>
    type === "prefix" ? `${value.replace(/\/$/, "")}/*` : value
  );
  const until = match.expires_at === undefined ? "" : ` until ${match.expires_at}`;
  return `${match.methods?.join(", ") ?? "any method"} on ${
    paths.join(" or ") || "any path"
  }${until}`;
}

function isOnPath({ paths }: RouteMatch, path: RequestPath): boolean {
  return paths?.some((wanted) => holdsPath(wanted, path)) ?? true;
}

function holdsMethod(match: RouteMatch, method: string): boolean {
  return match.methods?.includes(method) ?? true;
}

function checkPaths(route: Route): void {
  for (const match of route.matches ?? []) {
    for (const path of match.paths ?? []) {
      const fault = findPathFault(path);
      if (fault) throw invalid(route, `path ${JSON.stringify(path.value)}: ${fault}`);
    }
  }
}

function invalid(route: Route, why: string): BottleError {
  return new BottleError(`Not a route: ${JSON.stringify(route.host)}`, {
    code: "route-invalid",
    hint: why,
    details: [route.origin],
  });
}
