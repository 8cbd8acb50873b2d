/** What tells one list of routes from another, and which lists may take another's place while a bottle runs. */

import { canonicalJson } from "../audit/chain.ts";
import { BottleError } from "../errors.ts";
import { MAX_CHANGED_HOSTS } from "./policy_row.ts";
import type { Route } from "./route.ts";

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
 * one to the host that has it already. It can't put a credential on another host, nor open private addresses: those
 * are a manifest's to say, before the bottle starts.
 *
 * @throws {BottleError} `route-credential`, `route-private`, `route-changes`
 */
export function checkReplacement(before: readonly Route[], after: readonly Route[]): RouteDiff {
  const old = byHost(before);
  for (const { host, auth, allow_private: isPrivate } of after) {
    const was = old.get(host);
    if (auth !== undefined && !isSame(auth, was?.auth)) {
      throw new BottleError(`The route "${host}" can't get a credential while the bottle runs`, {
        code: "route-credential",
      });
    }
    if (isPrivate === true && was?.allow_private !== true) {
      throw new BottleError(`The route "${host}" can't open private addresses while it runs`, {
        code: "route-private",
      });
    }
  }
  const diff = diffRoutes(before, after);
  const count = diff.added.length + diff.removed.length + diff.changed.length;
  if (count <= MAX_CHANGED_HOSTS) return diff;
  throw new BottleError(
    `${count} routes change at once, and one row of the audit tells at most ${MAX_CHANGED_HOSTS}`,
    { code: "route-changes" },
  );
}

function byHost(routes: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(routes.map((route) => [route.host, route]));
}

function judged({ ports, matches, auth, allow_private: isPrivate }: Route): unknown {
  return [ports ?? null, matches ?? [], auth ?? null, isPrivate ?? false];
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
