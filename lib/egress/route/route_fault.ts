/** What no route may be, in whatever form it is written. */

import { isStripped } from "../credential/credentials.ts";
import type { AgentAuth, AuthScheme, Route } from "./route.ts";
import { findMatchFault } from "./route_match.ts";

/** The parts of a route that bear on each other. */
export interface RouteParts extends Pick<Route, "matches" | "tls"> {
  readonly auth?: AuthScheme | AgentAuth;
  /** That there are any is enough. */
  readonly limits?: object;
}

/** Why a route can't be; undefined if it can. Its host and ports are looked at elsewhere. */
export function findRouteFault(route: RouteParts): string | undefined {
  const { matches = [], tls } = route;
  if (tls === "passthrough") {
    const beside = passthroughConflict(route);
    if (beside !== undefined) {
      return `"tls: passthrough" can't stand beside "${beside}": nothing inside the connection is seen`;
    }
  }
  for (const match of matches) {
    const stripped = match.headers?.find(({ name }) => isStripped(name, route.auth));
    if (stripped) return `header "${stripped.name}": on this route egress takes it off`;
    const fault = findMatchFault(match);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The key that makes no sense where TLS is passed through. */
export function passthroughConflict(
  { auth, matches = [], limits }: Omit<RouteParts, "tls">,
): "auth" | "matches" | "limits" | undefined {
  if (auth !== undefined) return "auth";
  // A match that is a time alone is `allow`'s.
  if (matches.some(({ methods, paths, headers }) => methods || paths || headers)) return "matches";
  return limits === undefined ? undefined : "limits";
}
