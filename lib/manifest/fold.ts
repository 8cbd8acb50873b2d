/** Folds the layers of a bottle into one (manifest.md, "Rules"). Later layers win. */

import type { BottleLayer } from "./bottle_file.ts";
import type { GitUser, ManifestRoute, Sourced, SourcedResources } from "./types.ts";

/**
 * - `env` by name, `repos` by name and `routes` by host (the later one whole), `resources` and `git-gate.user` by key;
 * - `agent_provider` whole, scalars: the last one;
 * - an explicit empty map or list clears what came before.
 *
 * A layer that says nothing changes nothing.
 */
export function foldLayers(layers: readonly BottleLayer[]): BottleLayer {
  return layers.reduce(foldTwo, {});
}

function foldTwo(before: BottleLayer, after: BottleLayer): BottleLayer {
  const env = mergeMaps(before.env, after.env);
  const repos = mergeMaps(before.repos, after.repos);
  const routes = mergeRoutes(before.routes, after.routes);
  const gitUser: GitUser | undefined = mergeKeys(before.gitUser, after.gitUser);
  const resources: SourcedResources | undefined = mergeKeys(before.resources, after.resources);
  return {
    ...before,
    ...after,
    ...(env && { env }),
    ...(repos && { repos }),
    ...(routes && { routes }),
    ...(gitUser && { gitUser }),
    ...(resources && { resources }),
  };
}

function mergeMaps<T>(
  before: ReadonlyMap<string, T> | undefined,
  after: ReadonlyMap<string, T> | undefined,
): ReadonlyMap<string, T> | undefined {
  if (after === undefined) return before;
  return after.size === 0 ? after : new Map([...before ?? [], ...after]);
}

function mergeRoutes(
  before: readonly Sourced<ManifestRoute>[] | undefined,
  after: readonly Sourced<ManifestRoute>[] | undefined,
): readonly Sourced<ManifestRoute>[] | undefined {
  if (after === undefined) return before;
  if (after.length === 0) return after;
  const byHost = new Map((before ?? []).map((route) => [route.value.host, route]));
  for (const route of after) byHost.set(route.value.host, route);
  return [...byHost.values()];
}

function mergeKeys<T extends object>(before: T | undefined, after: T | undefined): T | undefined {
  if (after === undefined) return before;
  return Object.keys(after).length === 0 ? after : { ...before, ...after };
}
