/** What tells one list of routes from another, and which lists may take another's place while a bottle runs. */

import { canonicalJson } from "../../audit/chain.ts";
import { BottleError } from "../../errors.ts";
import { isAbove } from "../host/host_pattern.ts";
import { MAX_CHANGED_HOSTS } from "../audit/policy_row.ts";
import type { Route, RouteLimits } from "./route.ts";
import { isLive, lastsUntil } from "./route_expiry.ts";

/** Of a route that names none: https and http. */
const USUAL_PORTS: readonly number[] = [443, 80];

/** Routes by what became of them; whose idea they are (`origin`) makes no difference. */
export interface RouteDiff {
  readonly added: readonly Route[];
  readonly removed: readonly Route[];
  /** As they are now. */
  readonly changed: readonly Route[];
}

/** Compares by host. */
export function diffRoutes(before: readonly Route[], after: readonly Route[]): RouteDiff {
  const old = byHost(before);
  const now = byHost(after);
  return {
    added: after.filter(({ host }) => !old.has(host)),
    removed: before.filter(({ host }) => !now.has(host)),
    changed: after.filter((route) => {
      const was = old.get(route.host);
      return was !== undefined && !isSame(judged(was), judged(route));
    }),
  };
}

/**
 * Checks a list that is to take another's place. It may widen what passes without a credential, and what passes with
 * one to the host and port that have it already. It can't take a credential, the agent's own credentials, an open private
 * address, TLS that is passed through or a provider's rights anywhere else, nor the limits of a route that has a
 * credential away: those are a manifest's to say, before the bottle starts. Limits of a route without one bound what it
 * costs, and not what can be taken along: a person who allows more may lift them.
 *
 * @param now milliseconds since 1970
 * @throws {BottleError} `route-credential`, `route-limits`, `route-passthrough`, `route-provider`, `route-private`,
 * `route-changes`
 */
export function checkReplacement(
  before: readonly Route[],
  after: readonly Route[],
  now: number = Date.now(),
): RouteDiff {
  const diff = diffRoutes(before, after);
  const count = diff.added.length + diff.removed.length + diff.changed.length;
  if (count > MAX_CHANGED_HOSTS) {
    throw new BottleError(
      `${count} routes change at once, and one row of the audit tells at most ${MAX_CHANGED_HOSTS}`,
      { code: "route-changes" },
    );
  }
  const old = byHost(before);
  for (const route of after) {
    refuseGain(route, old.get(route.host), `The route "${route.host}"`);
  }
  const next = byHost(after);
  for (const was of before) {
    const kept = next.get(was.host);
    if (!isLive(was, now) || kept && lastsUntil(kept) >= lastsUntil(was)) continue;
    // It kept its host from the wildcards above it: without it, or once it is over, they decide.
    const above = after.filter(({ host }) => isAbove(host, was.host));
    for (const wide of above.filter((route) => isLive(route, now))) {
      refuseGain(wide, was, `The route "${wide.host}" decides for "${was.host}" then, and`);
    }
  }
  return diff;
}

/** Refuses what a route has and the one before it had not: not on as many ports, or not for as long. */
function refuseGain(route: Route, was: Route | undefined, subject: string): void {
  const { ports = USUAL_PORTS, auth, allow_private: isPrivate, tls, provider } = route;
  const had = was?.ports ?? USUAL_PORTS;
  const isWider = was === undefined || ports.some((port) => !had.includes(port)) ||
    lastsUntil(route) > lastsUntil(was);
  if (auth !== undefined && (isWider || !isSame(auth, was.auth))) {
    throw new BottleError(
      `${subject} can't get a credential, on more ports or for longer, while the bottle runs`,
      { code: "route-credential" },
    );
  }
  if (auth !== undefined && isLooser(route.limits, was?.limits)) {
    throw new BottleError(
      `${subject} has a credential: its limits can't go while the bottle runs`,
      {
        code: "route-limits",
      },
    );
  }
  if (tls === "passthrough" && (isWider || was.tls !== "passthrough")) {
    throw new BottleError(
      `${subject} can't pass TLS through, on more ports or for longer, while the bottle runs`,
      { code: "route-passthrough" },
    );
  }
  if (provider === true && (isWider || was.provider !== true)) {
    throw new BottleError(`${subject} can't become the provider's while the bottle runs`, {
      code: "route-provider",
    });
  }
  if (isPrivate === true && (isWider || was.allow_private !== true)) {
    throw new BottleError(
      `${subject} can't open private addresses, on more ports or for longer, while the bottle runs`,
      { code: "route-private" },
    );
  }
}

/** Whether a bound is gone or higher. */
function isLooser(limits: RouteLimits = {}, was: RouteLimits = {}): boolean {
  const pairs = [
    [limits.requests_per_minute, was.requests_per_minute],
    [limits.bytes_out, was.bytes_out],
    [limits.body_bytes, was.body_bytes],
  ] as const;
  return pairs.some(([now = Infinity, before = Infinity]) => now > before);
}

function byHost(routes: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(routes.map((route) => [route.host, route]));
}

function judged(route: Route): unknown {
  const { ports, matches, auth, allow_private: isPrivate, limits, tls, provider } = route;
  return [
    ports ?? null,
    matches ?? [],
    auth ?? null,
    isPrivate ?? false,
    { ...limits },
    tls ?? null,
    provider ?? false,
  ];
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
