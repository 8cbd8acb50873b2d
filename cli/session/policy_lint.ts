/** `policy lint`: what routes open that nobody may have meant. */

import { ManifestIndex } from "../../lib/manifest/index.ts";
import type { ManifestRoute, Sourced } from "../../lib/manifest/types.ts";
import type { Finding } from "../../lib/policy/finding.ts";
import { lintRoutes } from "../../lib/policy/lint.ts";
import type { Services } from "../command.ts";

/**
 * Looks at agents and bottles, each finding told once.
 *
 * @param names of agents, or of bottles; none: every bottle of the home
 * @throws {BottleError} what the manifests say
 */
export async function lintPolicy(
  services: Services,
  names: readonly string[],
): Promise<readonly Finding[]> {
  const { home, cwd, clock } = services.context;
  const index = await ManifestIndex.load({ home, cwd });
  const all = names.length === 0 ? index.bottles().map(({ name }) => name) : names;
  const found = new Map<string, Finding>();
  for (const name of all) {
    for (const finding of lintRoutes(await routesOf(index, name), clock.now().getTime())) {
      const { code, message, place: { file, line } } = finding;
      found.set([file, line, code, message].join("\n"), finding);
    }
  }
  return [...found.values()];
}

/** A bottle is taken as it is written, also one that is there to be extended; an agent stands for its bottle. */
async function routesOf(
  index: ManifestIndex,
  name: string,
): Promise<readonly Sourced<ManifestRoute>[]> {
  const isBottle = index.bottles().some((bottle) => bottle.name === name);
  const isAgent = index.agents().some((agent) => agent.name === name);
  if (isBottle && !isAgent || index.presets().some((preset) => preset.name === name)) {
    return await index.loadRoutes(name);
  }
  return (await index.loadForAgent(name)).bottle.routes;
}
