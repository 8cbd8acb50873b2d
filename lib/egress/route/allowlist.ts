/** What the agent may know of its routes: what passes, and nothing of whose credentials or files there are. */

import type { HeaderMatch, PathMatch, Route, RouteAuth, RouteLimits } from "./route.ts";
import { isLive, liveMatches } from "./route_expiry.ts";

/** One route. Snake case: it is answered as JSON. */
export interface AllowedRoute {
  /** Exact, `*.example.com` (any depth below it, not the apex), or an address. */
  readonly host: string;
  /** Null: 443 for https, 80 for http. */
  readonly ports: readonly number[] | null;
  /** One of them has to hold; empty: every request passes. */
  readonly matches: readonly AllowedMatch[];
  /** How a credential is put on, which the agent does not need to have; `agent`: its own passes; null: none goes out. */
  readonly auth: RouteAuth["scheme"] | null;
  readonly limits: RouteLimits | null;
  /** Whose certificate the agent sees: the bottle's, or with `passthrough` the host's. */
  readonly tls: "intercept" | "passthrough";
}

/** One match; null: any. */
export interface AllowedMatch {
  readonly methods: readonly string[] | null;
  readonly paths: readonly PathMatch[] | null;
  readonly headers: readonly HeaderMatch[] | null;
  /** RFC 3339. */
  readonly expires_at: string | null;
}

/**
 * The routes that let something pass now.
 *
 * @param now milliseconds since 1970
 */
export function allowlistOf(
  routes: readonly Route[],
  now: number,
): { readonly routes: readonly AllowedRoute[] } {
  const live = routes.filter((route) => isLive(route, now));
  return {
    routes: live.map(({ host, ports, matches = [], auth, limits, tls }) => ({
      host,
      ports: ports ?? null,
      matches: liveMatches(matches, now).map(({ methods, paths, headers, expires_at }) => ({
        methods: methods ?? null,
        paths: paths ?? null,
        headers: headers ?? null,
        expires_at: expires_at ?? null,
      })),
      auth: auth?.scheme ?? null,
      limits: limits ?? null,
      tls: tls ?? "intercept",
    })),
  };
}
