/** `allow` and `deny`: changes of a bottle's routes, in force at once and kept with the bottle. */

import {
  type AllowChange,
  changeRoutes,
  type RouteChange,
} from "../../lib/egress/route/route_change.ts";
import { isEveryPath } from "../../lib/egress/route/path.ts";
import { appendChange } from "../../lib/egress/route/route_log.ts";
import type { Route } from "../../lib/egress/route/route.ts";
import { BottleError } from "../../lib/errors.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { Services } from "../command.ts";
import { openRoutes, type RouteTarget } from "./route_target.ts";

/** What is asked for, of one bottle. */
export interface RouteWish {
  readonly slug: string;
  /** One a host. */
  readonly changes: readonly RouteChange[];
  /** Asked before a decision that is wider than a host; throws for a no. */
  readonly confirm: (wide: WideChange) => Promise<void>;
}

/** A change that opens more than its words show. */
export interface WideChange {
  readonly change: AllowChange;
  readonly kind: "wildcard" | "everything-with-credential";
}

/** What became of one host. */
export interface ChangedHost {
  readonly change: RouteChange;
  readonly isChanged: boolean;
  /** The route that decides for it now; null: none. */
  readonly route: Route | null;
  /** The one that decided before. */
  readonly before: Route | null;
}

/** What came of all. */
export interface ChangedRoutes {
  readonly slug: Slug;
  /** Null: the bottle does not run, the changes hold from the next `resume` on. */
  readonly revision: number | null;
  readonly hosts: readonly ChangedHost[];
  /** The bottle's manifest; null where it can't be found any more. */
  readonly manifest: string | null;
}

/** Other commands change routes too: whoever comes second reads again. */
const TRIES = 20;

/**
 * Makes all changes or none.
 *
 * @throws {BottleError} `bottle-unknown`; `route-covered`, `route-ports`; what egress or the backend says
 */
export async function changeBottleRoutes(
  services: Services,
  wish: RouteWish,
): Promise<ChangedRoutes> {
  const { states, context } = services;
  const state = await states.read(parseSlug(wish.slug));
  await using target = await openRoutes(services, state);
  const now = (): number => context.clock.now().getTime();
  const replace: Replace = async ({ routes, hosts }, revision) => {
    using _lock = await states.lockRoutes(state.slug);
    const next = await target.replace(routes, revision);
    const made = hosts.filter(({ isChanged }) => isChanged).map(({ change }) => change);
    await remember(services, state.slug, made, now());
    return next;
  };
  const { hosts, revision } = await makeChanges({ target, wish, now, replace });
  return {
    slug: state.slug,
    revision: target.isRunning ? revision : null,
    hosts,
    manifest: await findManifest(services, state),
  };
}

/** Routes as changes would make them, and what becomes of each host. */
interface MadeChanges {
  readonly routes: readonly Route[];
  readonly hosts: readonly ChangedHost[];
}

/** Puts them in the place of those of a revision, and remembers them. @returns the new revision */
type Replace = (made: MadeChanges, revision: number) => Promise<number>;

async function makeChanges({ target, wish, now, replace }: {
  readonly target: RouteTarget;
  readonly wish: RouteWish;
  readonly now: () => number;
  readonly replace: Replace;
}): Promise<{ readonly hosts: readonly ChangedHost[]; readonly revision: number }> {
  const { changes, confirm } = wish;
  const agreed = new Set<RouteChange>();
  for (let left = TRIES;; left--) {
    const { routes, revision } = await target.read();
    const made = tryChanges(routes, changes, now());
    for (const { change, isChanged, before } of made.hosts) {
      const wide = isChanged ? findWide(change, before) : undefined;
      if (wide === undefined || agreed.has(change)) continue;
      await confirm(wide);
      agreed.add(change);
    }
    if (made.routes === routes) return { hosts: made.hosts, revision };
    try {
      return { hosts: made.hosts, revision: await replace(made, revision) };
    } catch (error) {
      const isLate = error instanceof BottleError && error.code === "control-conflict";
      if (!isLate || left <= 1) throw error;
    }
  }
}

function tryChanges(
  routes: readonly Route[],
  changes: readonly RouteChange[],
  now: number,
): MadeChanges {
  const hosts: ChangedHost[] = [];
  let changed = routes;
  for (const change of changes) {
    const next = changeRoutes(changed, change, now);
    const routeIn = (list: readonly Route[]): Route | null =>
      list.find(({ host }) => host === change.host) ?? null;
    hosts.push({
      change,
      isChanged: next !== changed,
      route: routeIn(next),
      before: routeIn(changed),
    });
    changed = next;
  }
  return { routes: changed, hosts };
}

/**
 * Whether a change is one that a person has to type in full.
 *
 * @param before the route that the host had of its own
 */
export function findWide(change: RouteChange, before: Route | null): WideChange | undefined {
  if (change.action === "deny") return undefined;
  if (change.host.startsWith("*.")) return { change, kind: "wildcard" };
  const isEverything = change.methods === null && (change.paths?.some(isEveryPath) ?? true);
  return before?.auth !== undefined && isEverything
    ? { change, kind: "everything-with-credential" }
    : undefined;
}

async function remember(
  { states }: Services,
  slug: Slug,
  made: readonly RouteChange[],
  now: number,
): Promise<void> {
  await states.update(slug, (state) => ({
    route_changes: made.reduce<readonly RouteChange[]>(
      (log, change) => appendChange(log, change, now),
      state.route_changes,
    ),
  }));
}

/** Where the person would write it for good. */
async function findManifest(services: Services, state: BottleState): Promise<string | null> {
  try {
    const { home } = services.context;
    const index = await ManifestIndex.load({ home, cwd: state.cwd });
    const { bottle } = state;
    const manifest = await index.loadForAgent(state.agent, bottle === null ? {} : { bottle });
    return manifest.bottle.file;
  } catch (error) {
    if (error instanceof BottleError) return null;
    throw error;
  }
}
