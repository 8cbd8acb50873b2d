/** What a person should know of a route before saying yes. Sentences without a full stop. */

import { readingMethods } from "../egress/judge/reading_methods.ts";
import type { Route, RouteMatch } from "../egress/route/route.ts";

/** Shown in red: what egress then does not keep from the agent. */
export function routeDangers({ host, allow_private, auth, tls, origin }: Route): readonly string[] {
  return [
    ...(allow_private ? [`"${host}" may resolve to private addresses (${origin})`] : []),
    ...(auth?.scheme === "agent"
      ? [
        `The agent's own credentials pass to "${host}": whoever gives it one is sent what it sends (${origin})`,
      ]
      : []),
    ...(tls === "passthrough"
      ? [`Nobody looks into what goes to "${host}": only the name is judged (${origin})`]
      : []),
  ];
}

/**
 * A credential for whatever lies below a name, and requests with it that change things. The provider's own hosts are not
 * told: without them there is no conversation.
 */
export function routeWarnings(
  { host, auth, matches = [], provider, origin }: Route,
): readonly string[] {
  if (!host.startsWith("*.") || auth === undefined || auth.scheme === "agent" || provider) {
    return [];
  }
  return matches.length === 0 || matches.some(mayWrite)
    ? [
      `Every host below "${
        host.slice(2)
      }" can be written to with the ${auth.scheme} credential (${origin})`,
    ]
    : [];
}

function mayWrite({ methods }: RouteMatch): boolean {
  return methods?.some((method) => !readingMethods.has(method)) ?? true;
}
