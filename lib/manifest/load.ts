/** One agent, its bottle and all that it extends: read, checked together, folded. */

import { readAgent } from "./agent_file.ts";
import { type BottleFile, type BottleLayer, readBottle } from "./bottle_file.ts";
import { makeEffective, overlayUser } from "./effective.ts";
import { foldLayers } from "./fold.ts";
import { orderLineage } from "./lineage.ts";
import { didYouMean } from "./nearest.ts";
import { presetSources } from "./presets.ts";
import { type Problem, problemsError, quote } from "./problem.ts";
import type { ManifestSource } from "./source.ts";
import type { EffectiveBottle, Manifest, ManifestRoute, Sourced } from "./types.ts";

/** What an agent is loaded with. */
export interface LoadOptions {
  /** Overrides the agent's. */
  readonly bottle?: string;
  /** Names of the providers there are: any other is a problem. Absent: any name will do. */
  readonly providers?: readonly string[];
}

/**
 * @param options its `bottle` must be known
 * @throws {BottleError} with all problems of all these files
 */
export async function loadManifest(
  source: ManifestSource & { readonly shadows?: string },
  bottles: ReadonlyMap<string, ManifestSource>,
  options: LoadOptions = {},
): Promise<Manifest> {
  const { manifest, problems } = await examineAgent(source, bottles, options);
  if (manifest === null) throw problemsError(`agent "${source.name}"`, problems);
  return manifest;
}

/** All problems of an agent and what it is made of; without one, the manifest. */
export async function examineAgent(
  source: ManifestSource & { readonly shadows?: string },
  bottles: ReadonlyMap<string, ManifestSource>,
  options: LoadOptions = {},
): Promise<{ readonly manifest: Manifest | null; readonly problems: readonly Problem[] }> {
  const { name, origin, shadows } = source;
  const about = { name, origin, ...(shadows === undefined ? {} : { shadows }) };
  const agentFile = readAgent(about, await source.read());
  const chosen = options.bottle ?? agentFile.bottle?.value;
  const root = bottles.get(chosen ?? "");
  // An agent that can't be read says nothing about its bottle, rather than that it has none.
  const isSilent = root !== undefined || agentFile.agent === null && agentFile.bottle === undefined;
  const missing = isSilent
    ? []
    : [describeMissing(source.file, agentFile.bottle, [...bottles.keys()])];
  const loaded = root
    ? await loadBottle(root, new Map([...bottles, ...presetSources()]), options.providers)
    : { bottle: null, problems: [] };

  const problems = [...agentFile.problems, ...missing, ...loaded.problems];
  const { agent } = agentFile;
  const { bottle } = loaded;
  if (agent === null || bottle === null || problems.length > 0) return { manifest: null, problems };
  const gitUser = overlayUser(bottle.gitUser, agentFile.gitUser);
  return { manifest: { agent, bottle, gitUser }, problems };
}

/**
 * Problems of a bottle's own file and of those that it extends. Not what the whole may lack: it may be there to be
 * extended.
 */
export async function examineBottle(
  source: ManifestSource,
  bottles: ReadonlyMap<string, ManifestSource>,
): Promise<readonly Problem[]> {
  const parents = new Map([...bottles, ...presetSources()]);
  const files = await readKin(source, parents);
  const own = files.get(source.name);
  const found = [...files.values()].flatMap((file) => file.problems);
  return own === undefined
    ? found
    : [...found, ...orderLineage(own, files, [...parents.keys()]).problems];
}

/** Routes of a bottle and all that it extends, folded. @throws {BottleError} with all problems of all these files */
export async function loadBottleRoutes(
  root: ManifestSource,
  bottles: ReadonlyMap<string, ManifestSource>,
): Promise<readonly Sourced<ManifestRoute>[]> {
  const parents = new Map([...bottles, ...presetSources()]);
  const files = await readKin(root, parents);
  const own = files.get(root.name);
  if (own === undefined) return [];
  const { order, problems } = orderLineage(own, files, [...parents.keys()]);
  const found = [...files.values()].flatMap((file) => file.problems).concat(problems);
  if (found.length > 0) throw problemsError(`bottle "${root.name}"`, found);
  return foldLayers(order.flatMap((file): BottleLayer[] => file.layer ? [file.layer] : []))
    .routes ?? [];
}

async function loadBottle(
  root: ManifestSource,
  parents: ReadonlyMap<string, ManifestSource>,
  providers: readonly string[] | undefined,
): Promise<{ readonly bottle: EffectiveBottle | null; readonly problems: readonly Problem[] }> {
  const files = await readKin(root, parents);
  const own = files.get(root.name);
  if (own === undefined) return { bottle: null, problems: [] };
  const { order, problems } = orderLineage(own, files, [...parents.keys()]);
  const found = [...files.values()].flatMap((file) => file.problems)
    .concat(problems, findUnknownProvider(order, providers));
  const layers = order.flatMap((file): BottleLayer[] => file.layer ? [file.layer] : []);
  // What is missing from the whole can be said only when every part could be read.
  if (found.length > 0) return { bottle: null, problems: found };
  const made = makeEffective(foldLayers(layers), root, order.map((file) => file.file));
  return "message" in made ? { bottle: null, problems: [made] } : { bottle: made, problems: [] };
}

/** The last one that is named, whole, is the bottle's: those before it count for nothing. */
function findUnknownProvider(
  order: readonly BottleFile[],
  known: readonly string[] | undefined,
): readonly Problem[] {
  const template = order.flatMap((file) => file.template ?? []).at(-1);
  if (template === undefined || known === undefined || known.includes(template.value)) return [];
  return [{
    message: `No provider ${quote(template.value)}`,
    place: template.place,
    hint: didYouMean(template.value, known, `Take one of: ${known.join(", ")}`),
    code: "provider-unknown",
  }];
}

/** Reads the bottle and everything that can be reached by `extends`, each file once. */
async function readKin(
  root: ManifestSource,
  parents: ReadonlyMap<string, ManifestSource>,
): Promise<ReadonlyMap<string, BottleFile>> {
  const files = new Map<string, BottleFile>();
  const waiting = [root];
  for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
    if (files.has(source.name)) continue;
    const file = readBottle(source.name, await source.read());
    files.set(source.name, file);
    for (const { value } of file.parents) {
      const parent = parents.get(value);
      if (parent !== undefined) waiting.push(parent);
    }
  }
  return files;
}

function describeMissing(
  file: string,
  bottle: Sourced<string> | undefined,
  known: readonly string[],
): Problem {
  if (bottle === undefined) {
    return {
      message: "The agent names no bottle",
      place: { file, line: 1, column: 1 },
      hint: "Write bottle: NAME, or pass --bottle NAME",
      code: "bottle-missing",
    };
  }
  return {
    message: `No bottle ${quote(bottle.value)}`,
    place: bottle.place,
    hint: didYouMean(bottle.value, known, "See the bottles with `bot-bottle list bottles`"),
    code: "bottle-unknown",
  };
}
