/** Everything that can be found, by name: what the command line starts from. Parses nothing until it is asked to. */

import { join } from "node:path";
import { BottleError } from "../errors.ts";
import { findRepositoryFolders, isRealFolder, listFolder } from "./discover.ts";
import { didYouMean } from "./nearest.ts";
import { formatProblem, type Problem, quote, quotePath } from "./problem.ts";
import { NAME } from "./name.ts";
import { isPresetName, listPresets, type PresetEntry, presetSources } from "./presets.ts";
import { fileSource, type ManifestSource, objectSource } from "./source.ts";
import type { AgentManifest, Manifest, ManifestRoute, Sourced } from "./types.ts";

/** An agent that was found. */
export interface AgentEntry {
  /** The stem of the file. */
  readonly name: string;
  /** Path, or for an object a name in angle brackets. */
  readonly file: string;
  /** Whose it is: `repository` is not the person's. */
  readonly origin: AgentManifest["origin"];
  /** A file of the same name that this one hides. */
  readonly shadows?: string;
}

/** A bottle that was found. */
export interface BottleEntry {
  /** The stem of the file. */
  readonly name: string;
  /** Path, or for an object a name in angle brackets. */
  readonly file: string;
}

/** Where to look. Both absolute. */
export interface ManifestPlaces {
  /** `BOT_BOTTLE_HOME`: has `bottles/` and `agents/`. */
  readonly home: string;
  /** The working directory; absent: no repository's agents. */
  readonly cwd?: string;
}

/** Manifests as a program has them: frontmatter as an object, an agent's prompt beside it. */
export interface ManifestObjects {
  /** Frontmatter by name. */
  readonly bottles: Readonly<Record<string, unknown>>;
  /** Frontmatter by name, the prompt under `prompt`. */
  readonly agents: Readonly<
    Record<string, { readonly prompt?: string; readonly [key: string]: unknown }>
  >;
}

type AgentSource = ManifestSource & { readonly shadows?: string };

/**
 * Names and paths of all manifests, parsed lazily: a broken file elsewhere never stops a start.
 *
 * @example
 * ```ts
 * import { ManifestIndex } from "./index.ts";
 * const index = ManifestIndex.fromObjects({
 *   bottles: { dev: { agent_provider: { template: "claude" } } },
 *   agents: { reviewer: { bottle: "dev", prompt: "Be careful" } },
 * });
 * const manifest = await index.loadForAgent("reviewer");
 * if (manifest.bottle.provider.value.template !== "claude") throw new Error();
 * ```
 */
export class ManifestIndex {
  /** Things that the person should know: a repository's bottles that are ignored, files that are no manifests. */
  readonly warnings: readonly string[];
  readonly #agents: ReadonlyMap<string, AgentSource>;
  readonly #bottles: ReadonlyMap<string, ManifestSource>;

  private constructor(
    agents: readonly AgentSource[],
    bottles: readonly ManifestSource[],
    warnings: readonly string[],
  ) {
    this.#agents = new Map(agents.map((agent) => [agent.name, agent]));
    this.#bottles = new Map(bottles.map((bottle) => [bottle.name, bottle]));
    this.warnings = warnings;
  }

  /** Lists the home's manifests, and the agents of the repository around `cwd`. */
  static async load({ home, cwd }: ManifestPlaces): Promise<ManifestIndex> {
    const [bottles, agents] = await Promise.all([
      listFolder(join(home, "bottles")),
      listFolder(join(home, "agents")),
    ]);
    const repository = await findRepositoryAgents(cwd, home);
    const all = [
      ...agents.found.map(({ name, file }) => fileSource(name, file, "home")),
      ...repository.agents,
    ];
    const misnamed = [...bottles.misnamed, ...agents.misnamed].map((file) =>
      `${
        quotePath(file)
      } is not read: a manifest's name has a-z, 0-9 and -, and begins with a letter`
    );
    return new ManifestIndex(
      shadow(all),
      bottles.found.map(({ name, file }) => fileSource(name, file, "home")),
      [...misnamed, ...await warnOfPresets(home), ...repository.warnings],
    );
  }

  /**
   * Checked as files are, when an agent is loaded, and as trusted as the person's own: the caller says which commands and files
   * credentials come from, so none of it may be taken from a repository.
   *
   * @throws {BottleError} `manifest-name` if a key is no name
   */
  static fromObjects({ bottles, agents }: ManifestObjects): ManifestIndex {
    for (const name of [...Object.keys(bottles), ...Object.keys(agents)]) {
      if (NAME.test(name)) continue;
      throw new BottleError(`Not a manifest's name: ${quote(name)}`, { code: "manifest-name" });
    }
    return new ManifestIndex(
      Object.entries(agents).map(([name, { prompt = "", ...fields }]) =>
        objectSource("agent", name, fields, prompt)
      ),
      Object.entries(bottles).map(([name, fields]) => objectSource("bottle", name, fields, "")),
      [],
    );
  }

  /** By name. */
  agents(): readonly AgentEntry[] {
    return sortByName(this.#agents).map(({ name, file, origin, shadows }) => ({
      name,
      file,
      origin,
      ...(shadows === undefined ? {} : { shadows }),
    }));
  }

  /** By name. */
  bottles(): readonly BottleEntry[] {
    return sortByName(this.#bottles).map(({ name, file }) => ({ name, file }));
  }

  /** Bottles that come with the program, to extend from, by name: {@linkcode bottles} has none of them. */
  presets(): readonly PresetEntry[] {
    return listPresets();
  }

  /** What is wrong with any manifest, each problem once: `loadForAgent` tells of one agent's only. */
  async problems(): Promise<readonly Problem[]> {
    const { examineAgent, examineBottle } = await import("./load.ts");
    const found = await Promise.all([
      ...sortByName(this.#bottles).map((bottle) => examineBottle(bottle, this.#bottles)),
      ...sortByName(this.#agents).map(async (agent) =>
        (await examineAgent(agent, this.#bottles)).problems
      ),
    ]);
    return [...new Map(found.flat().map((each) => [formatProblem(each), each])).values()];
  }

  /**
   * Reads the agent, its bottle and all that it extends.
   *
   * @param options `bottle` overrides the agent's; with `providers`, the names there are, any other is a problem
   * @throws {BottleError} `agent-unknown`, `bottle-unknown`; `manifest-invalid` with all problems at once
   */
  async loadForAgent(
    name: string,
    options: { readonly bottle?: string; readonly providers?: readonly string[] } = {},
  ): Promise<Manifest> {
    const agent = this.#agents.get(name);
    if (agent === undefined) throw unknown("agent", name, this.#agents);
    const { bottle } = options;
    if (bottle !== undefined && !this.#bottles.has(bottle)) {
      throw unknown("bottle", bottle, this.#bottles);
    }
    // Listing names takes no schema: the parsers are loaded when something is parsed.
    const { loadManifest } = await import("./load.ts");
    return await loadManifest(agent, this.#bottles, options);
  }

  /**
   * Reads a bottle or a preset and all that it extends, for its routes alone: it need not be one to start.
   *
   * @throws {BottleError} `bottle-unknown`; `manifest-invalid` with all problems at once
   */
  async loadRoutes(bottle: string): Promise<readonly Sourced<ManifestRoute>[]> {
    const { loadBottleRoutes } = await import("./load.ts");
    const source = this.#bottles.get(bottle) ??
      presetSources().get(bottle);
    if (source === undefined) throw unknown("bottle", bottle, this.#bottles);
    return await loadBottleRoutes(source, this.#bottles);
  }
}

/** Who puts a file there wants to change a preset: it would be wrong to say nothing. */
async function warnOfPresets(home: string): Promise<readonly string[]> {
  const folder = join(home, "bottles", "builtin");
  return await isRealFolder(folder)
    ? [`${quotePath(folder)} is not read: builtin/… are presets, which no file takes the place of`]
    : [];
}

async function findRepositoryAgents(
  cwd: string | undefined,
  home: string,
): Promise<{ readonly agents: readonly ManifestSource[]; readonly warnings: readonly string[] }> {
  const agents: ManifestSource[] = [];
  const warnings: string[] = [];
  const folders = cwd === undefined ? [] : await findRepositoryFolders(cwd, home);
  for (const folder of folders) {
    if (await isRealFolder(join(folder, "bottles")) && warnings.length === 0) {
      warnings.push(
        `${
          quotePath(join(folder, "bottles"))
        } is ignored: a repository can't grant itself credentials`,
      );
    }
    if (!await isRealFolder(join(folder, "agents"))) continue;
    const { found } = await listFolder(join(folder, "agents"));
    agents.push(...found.map(({ name, file }) => fileSource(name, file, "repository")));
  }
  return { agents, warnings };
}

/** The first of a name wins: the home's, then the repository's nearest. */
function shadow(sources: readonly ManifestSource[]): readonly AgentSource[] {
  const winners = new Map<string, AgentSource>();
  for (const source of sources) {
    const winner = winners.get(source.name);
    if (winner === undefined) winners.set(source.name, source);
    else winners.set(source.name, { shadows: source.file, ...winner });
  }
  return [...winners.values()];
}

function sortByName<T extends ManifestSource>(sources: ReadonlyMap<string, T>): readonly T[] {
  return [...sources.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

function unknown(
  kind: "agent" | "bottle",
  name: string,
  known: ReadonlyMap<string, unknown>,
): BottleError {
  if (kind === "bottle" && isPresetName(name)) {
    return new BottleError(`${quote(name)} is a preset, not a bottle to start`, {
      code: "bottle-unknown",
      hint: `Write extends: ${name} in a bottle of yours`,
    });
  }
  const otherwise = known.size === 0
    ? `There is no ${kind} yet: \`bot-bottle init\` writes a first one`
    : `See them with \`bot-bottle list ${kind}s\``;
  return new BottleError(`No ${kind} ${quote(name)}`, {
    code: `${kind}-unknown`,
    hint: didYouMean(name, known.keys(), otherwise),
  });
}
