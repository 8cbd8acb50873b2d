/** What bottles leave on an engine. After the tests that must be nothing. */

import { homeId, Label } from "../../../lib/names.ts";
import type { Run } from "../../../lib/process/run.ts";

/** A container, network or volume with a label of ours. */
export interface Leftover {
  readonly kind: "container" | "network" | "volume";
  readonly name: string;
  /** Value of `bot-bottle.home`; empty if it has none. */
  readonly home: string;
}

/** In the order in which they can be removed. */
const LISTS: readonly (readonly [kind: Leftover["kind"], list: readonly string[]])[] = [
  ["container", ["ps", "--all", "--format", "{{.Names}}\t{{.Labels}}"]],
  ["network", ["network", "ls", "--format", "{{.Name}}\t{{.Labels}}"]],
  ["volume", ["volume", "ls", "--format", "{{.Name}}\t{{.Labels}}"]],
];

/** Everything on the engine that carries a label `bot-bottle.…`, whichever home made it. */
export async function listLeftovers(run: Run): Promise<Leftover[]> {
  const lists = await Promise.all(LISTS.map(async ([kind, list]) => {
    const { code, stdout, stderr } = await run(["docker", ...list], { timeoutMs: 60_000 });
    if (code !== 0) throw new Error(`docker ${list[0]}: ${new TextDecoder().decode(stderr)}`);
    return parseList(kind, new TextDecoder().decode(stdout));
  }));
  return lists.flat();
}

/** Reads a list of `name<tab>label=value,…` lines. */
export function parseList(kind: Leftover["kind"], text: string): Leftover[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", labels = ""] = line.split("\t");
    if (!/(^|,)bot-bottle\./.test(labels)) return [];
    const home = labels.split(",").find((label) => label.startsWith(`${Label.home}=`));
    return [{ kind, name, home: home?.slice(Label.home.length + 1) ?? "" }];
  });
}

/** Those that are new since `before` and don't belong to the home of the person who runs the tests. */
export function newLeftovers(
  before: readonly Leftover[],
  now: readonly Leftover[],
  ownHome: string,
): Leftover[] {
  const known = new Set(before.map(({ kind, name }) => `${kind} ${name}`));
  return now.filter(({ kind, name, home }) => home !== ownHome && !known.has(`${kind} ${name}`));
}

/**
 * Those of homes in a folder, or a folder in it: what this run's tests made, and not what somebody else starts on the
 * same engine meanwhile.
 */
export async function leftoversOf(
  folder: string,
  leftovers: readonly Leftover[],
): Promise<Leftover[]> {
  const homes = new Set<string>();
  for await (const outer of listFolders(await Deno.realPath(folder))) {
    homes.add(homeId(outer));
    for await (const inner of listFolders(outer)) homes.add(homeId(inner));
  }
  return leftovers.filter(({ home }) => homes.has(home));
}

async function* listFolders(folder: string): AsyncIterable<string> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) yield `${folder}/${entry.name}`;
  }
}

/** Removes them, as far as the engine lets it. */
export async function removeLeftovers(run: Run, leftovers: readonly Leftover[]): Promise<void> {
  for (const { kind, name } of leftovers) {
    const force = kind === "container" ? ["--force", "--volumes"] : [];
    await run(["docker", kind, "rm", ...force, name], { timeoutMs: 60_000 });
  }
}
