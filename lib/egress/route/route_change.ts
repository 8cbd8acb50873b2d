/**
 * What a person changes of a running bottle's routes, as pure functions over the list. Allowing never takes anything
 * away, denying never opens anything, and neither touches a credential or `allow_private`.
 */

import { BottleError } from "../../errors.ts";
import { isAbove } from "../host/host_pattern.ts";
import { isLive, isMatchLive, liveMatches } from "./route_expiry.ts";
import { matchPath, parsePath } from "./path.ts";
import { compilePath } from "./route_match.ts";
import type { HeaderMatch, PathMatch, Route, RouteMatch } from "./route.ts";

/** One more entry for a host. Snake case: it is kept in the bottle's state. */
export interface AllowChange {
  /** Tells it from a denial. */
  readonly action: "allow";
  /** Canonical: exact, `*.example.com`, or an address. */
  readonly host: string;
  /** Null: those of the host's route, or the usual ones. */
  readonly ports: readonly number[] | null;
  /** Null: any. */
  readonly methods: readonly string[] | null;
  /** Null: any. */
  readonly paths: readonly PathMatch[] | null;
  /** RFC 3339, UTC; null: it stays. */
  readonly expires_at: string | null;
  /** When it was made, RFC 3339. */
  readonly at: string;
}

/** A host without its route. */
export interface DenyChange {
  /** Tells it from an allowance. */
  readonly action: "deny";
  /** As the route has it. */
  readonly host: string;
  /** When it was made, RFC 3339. */
  readonly at: string;
}

/** What `allow` and `deny` do. */
export type RouteChange = AllowChange | DenyChange;

/**
 * The routes after a change; the same list where it changes nothing: the host is allowed so already, or not at all.
 *
 * @param now milliseconds since 1970
 * @throws {BottleError} `route-covered`: a wildcard has the host, and a route of its own would take its place or leave
 * it open; `route-ports`: the host's route is for other ports
 *
 * @example
 * ```ts
 * import { changeRoutes } from "./route_change.ts";
 * const at = "2026-01-02T03:04:05.000Z";
 * const [route] = changeRoutes([], {
 *   action: "allow", host: "api.example.com", ports: null, methods: ["GET"], paths: null, expires_at: null, at,
 * }, 0);
 * if (route?.matches?.length !== 1) throw new Error("not allowed");
 * ```
 */
export function changeRoutes(
  routes: readonly Route[],
  change: RouteChange,
  now: number,
): readonly Route[] {
  return change.action === "allow" ? allow(routes, change, now) : deny(routes, change, now);
}

/** The match that an allow adds. */
export function matchOf({ methods, paths, expires_at: until }: AllowChange): RouteMatch {
  return {
    ...(methods && { methods }),
    ...(paths && { paths }),
    ...(until !== null && { expires_at: until }),
  };
}

/** Whether every request that `narrow` holds for `wide` holds for as well, and as long. */
export function coversMatch(wide: RouteMatch, narrow: RouteMatch): boolean {
  const { methods, paths, headers = [], expires_at: until } = wide;
  const lasts = until === undefined ||
    narrow.expires_at !== undefined && Date.parse(until) >= Date.parse(narrow.expires_at);
  const hasMethods = methods === undefined ||
    narrow.methods !== undefined && narrow.methods.every((method) => methods.includes(method));
  const hasPaths = paths === undefined ||
    narrow.paths !== undefined &&
      narrow.paths.every((path) => paths.some((wider) => coversPath(wider, path)));
  const hasHeaders = headers.every((header) =>
    narrow.headers?.some((other) => isSameHeader(header, other)) ?? false
  );
  return lasts && hasMethods && hasPaths && hasHeaders;
}

/** The wildcard that would decide for a host, or for a narrower wildcard, if that had no route of its own. */
export function findWildcard(
  routes: readonly Route[],
  host: string,
  now: number,
): Route | undefined {
  return routes
    .filter((route) => isAbove(route.host, host) && isLive(route, now))
    .sort((a, b) => b.host.length - a.host.length)[0];
}

function allow(routes: readonly Route[], change: AllowChange, now: number): readonly Route[] {
  const added = matchOf(change);
  if (!isMatchLive(added, now)) return routes;
  const { host, ports } = change;
  const own = routes.find((route) => route.host === host);
  if (own === undefined || !isLive(own, now)) {
    const wildcard = findWildcard(routes, host, now);
    if (wildcard !== undefined) {
      if (isAllowed(wildcard, ports, added, now)) return routes;
      throw new BottleError(`The host "${host}" falls under the route "${wildcard.host}"`, {
        code: "route-covered",
        hint: `A route of its own would take that one's place: allow it for "${wildcard.host}"`,
      });
    }
    const isLimited = Object.keys(added).length > 0;
    const limits = { ...(ports && { ports }), ...(isLimited && { matches: [added] }) };
    const route = { host, ...limits, origin: "allow" };
    return [...routes.filter((other) => other !== own), route];
  }
  if (isAllowed(own, ports, added, now)) return routes;
  if (ports !== null && !isSameSet(ports, own.ports ?? [])) {
    const has = own.ports?.join(", ") ?? "the usual ports";
    throw new BottleError(`The route "${host}" is for ${has}, and all its matches are`, {
      code: "route-ports",
      hint: `Leave --port out, or write the ports into the manifest`,
    });
  }
  const origin = own.origin.endsWith("allow") ? own.origin : `${own.origin}, allow`;
  const matches = [...liveMatches(own.matches ?? [], now), added];
  return routes.map((route) => route === own ? { ...own, matches, origin } : route);
}

function deny(routes: readonly Route[], { host }: DenyChange, now: number): readonly Route[] {
  const isThere = routes.some((route) => route.host === host);
  const wildcard = findWildcard(routes, host, now);
  if (wildcard !== undefined) {
    throw new BottleError(`The wildcard "${wildcard.host}" lets "${host}" through`, {
      code: "route-covered",
      hint: `Deny "${wildcard.host}", and allow the hosts below it that are needed`,
    });
  }
  return isThere ? routes.filter((route) => route.host !== host) : routes;
}

function isAllowed(
  route: Route,
  ports: readonly number[] | null,
  match: RouteMatch,
  now: number,
): boolean {
  const { matches = [] } = route;
  const hasPorts = ports === null || ports.every((port) => route.ports?.includes(port) ?? false);
  return hasPorts &&
    (matches.length === 0 || liveMatches(matches, now).some((wide) => coversMatch(wide, match)));
}

function coversPath(wide: PathMatch, narrow: PathMatch): boolean {
  if (wide.type === narrow.type && wide.value === narrow.value) return true;
  switch (narrow.type) {
    case "exact": {
      const path = parsePath(narrow.value);
      return path.kind === "path" && compilePath(wide)(path);
    }
    case "prefix":
      return wide.type === "prefix" && matchPath(wide, narrow.value);
    case "glob":
    case "regex":
      // Which paths fit both would be a guess.
      return wide.type === "prefix" && wide.value === "/";
  }
  return narrow satisfies never;
}

function isSameHeader(one: HeaderMatch, other: HeaderMatch): boolean {
  return one.name === other.name && one.type === other.type && one.value === other.value;
}

function isSameSet(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
