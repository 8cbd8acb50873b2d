/** Entries of a route that hold for a time only. */

import type { Route, RouteMatch } from "./route.ts";

/** Whether a route lets anything pass now: it limits nothing, or one of its matches still holds. */
export function isLive({ matches = [] }: Route, now: number): boolean {
  return matches.length === 0 || matches.some((match) => isMatchLive(match, now));
}

/** The matches that still hold. None, where there were some, is not "every request": ask {@linkcode isLive} first. */
export function liveMatches(matches: readonly RouteMatch[], now: number): readonly RouteMatch[] {
  return matches.filter((match) => isMatchLive(match, now));
}

/** When a route's last match is over, in milliseconds since 1970: infinite where one stays, or it limits nothing. */
export function lastsUntil({ matches = [] }: Route): number {
  const ends = matches.map(({ expires_at: until }) =>
    until === undefined ? Infinity : Date.parse(until)
  );
  return ends.length === 0 ? Infinity : Math.max(...ends);
}

/** Whether a match still holds. @param now milliseconds since 1970 */
export function isMatchLive({ expires_at: until }: RouteMatch, now: number): boolean {
  // What is no time is over: `>` is false for it.
  return until === undefined || Date.parse(until) > now;
}
