/** The changes that a person made of a bottle's routes, in order: kept with the bottle, and made again by `resume`. */

import { canonicalJson } from "../../audit/chain.ts";
import { BottleError } from "../../errors.ts";
import { changeRoutes, type RouteChange } from "./route_change.ts";
import type { Route } from "./route.ts";

/** More are not kept: so many belong into a manifest. */
export const MAX_CHANGES = 1_000;

/** What came of a log that was carried out again. */
export interface ReplayedRoutes {
  readonly routes: readonly Route[];
  /** Changes that no longer fit the routes, and why. */
  readonly misfits: readonly { readonly change: RouteChange; readonly why: string }[];
}

/**
 * The log with a change at its end. What has expired goes, and so does all that a denial takes back.
 *
 * @throws {BottleError} `route-changes`
 */
export function appendChange(
  log: readonly RouteChange[],
  change: RouteChange,
  now: number,
): readonly RouteChange[] {
  const kept = liveChanges(log, now).filter((old) =>
    change.action === "deny" ? old.host !== change.host : !isSameChange(old, change)
  );
  if (kept.length < MAX_CHANGES) return [...kept, change];
  throw new BottleError(`The bottle has ${MAX_CHANGES} changes of its routes already`, {
    code: "route-changes",
    hint: "Write the routes into the bottle's manifest",
  });
}

/** Without those that have expired. */
export function liveChanges(log: readonly RouteChange[], now: number): readonly RouteChange[] {
  return log.filter((change) =>
    change.action === "deny" || change.expires_at === null || Date.parse(change.expires_at) > now
  );
}

/** Makes the changes to other routes than they were made to: those that don't fit are left out, and told. */
export function replayChanges(
  routes: readonly Route[],
  log: readonly RouteChange[],
  now: number,
): ReplayedRoutes {
  const misfits: { change: RouteChange; why: string }[] = [];
  let changed = routes;
  for (const change of log) {
    try {
      changed = changeRoutes(changed, change, now);
    } catch (error) {
      if (!(error instanceof BottleError)) throw error;
      misfits.push({ change, why: error.message });
    }
  }
  return { routes: changed, misfits };
}

function isSameChange(one: RouteChange, other: RouteChange): boolean {
  return canonicalJson({ ...one, at: null }) === canonicalJson({ ...other, at: null });
}
