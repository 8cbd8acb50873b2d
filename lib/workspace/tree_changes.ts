/** What commits change, path by path, and never more paths than bounded: a tree of some kilobytes can have more than there are atoms. */

import { BottleError } from "../errors.ts";
import { MAX_DEPTH, MAX_PATH_BYTES } from "./check_path.ts";
import { Mode, type TreeChange, type TreeEntry } from "./tree_listing.ts";
import { isFolder, type TreeReader } from "./tree_reader.ts";
import type { Oid } from "./types.ts";

/** Paths, of files and folders, that all commits together may change. */
export const MAX_CHANGES = 1_000_000;

/** Length of these paths together, in JavaScript's units: they are held in memory, by git too when it compares. */
export const MAX_PATH_CHARACTERS = 256 * 1024 ** 2;

/** Counts what was seen, over all commits. */
export class ChangeBudget {
  #changes: number;
  #characters: number;

  /** @param changes how many there may be @param characters how long their paths may be together */
  constructor(changes = MAX_CHANGES, characters = MAX_PATH_CHARACTERS) {
    this.#changes = changes;
    this.#characters = characters;
  }

  /** @throws {BottleError} `work-too-big` */
  spend(path: string, depth: number): void {
    // Folders in one another without end have paths that are longer by each, all of which would be held.
    if (depth > MAX_DEPTH || path.length > MAX_PATH_BYTES) {
      throw tooBig("it has paths that are longer, or deeper, than a path can be");
    }
    this.#changes--;
    this.#characters -= path.length;
    if (Math.min(this.#changes, this.#characters) < 0) {
      throw tooBig("it changes too many files to be checked");
    }
  }
}

function tooBig(why: string): BottleError {
  return new BottleError(`The agent's work is refused: ${why}`, {
    code: "work-too-big",
    hint: "Look for folders that should be ignored in its commits, with `bot-bottle exec`",
  });
}

/** What {@linkcode walkChanges} needs. */
export interface ChangeWalk {
  readonly reader: TreeReader;
  readonly budget: ChangeBudget;
  /** Gets each change. A call, not a stream: there may be a million. */
  readonly onChange: (change: TreeChange) => void;
}

/**
 * What a commit changes against each of its parents; a first commit against nothing. Only new and changed entries; folders have entries
 * of their own.
 *
 * @throws {BottleError} `work-too-big`, `work-unreadable`
 */
export async function walkChanges(commit: Oid, walk: ChangeWalk): Promise<void> {
  const { tree, parents } = await walk.reader.readCommit(commit);
  if (parents.length === 0) await walkTree(null, tree, { prefix: "", depth: 1 }, walk);
  for (const parent of parents) {
    const { tree: before } = await walk.reader.readCommit(parent);
    await walkTree(before, tree, { prefix: "", depth: 1 }, walk);
  }
}

async function walkTree(
  before: Oid | null,
  after: Oid,
  { prefix, depth }: { readonly prefix: string; readonly depth: number },
  walk: ChangeWalk,
): Promise<void> {
  if (before === after) return;
  const { reader, budget, onChange } = walk;
  const old = new Map<string, TreeEntry>();
  if (before !== null) {
    for (const entry of reader.known(before) ?? await reader.read(before)) {
      old.set(entry.path, entry);
    }
  }
  for (const entry of reader.known(after) ?? await reader.read(after)) {
    const was = old.get(entry.path);
    if (was?.oid === entry.oid && was.mode === entry.mode) continue;
    const path = `${prefix}${entry.path}`;
    budget.spend(path, depth);
    onChange({ ...entry, path, oldMode: was?.mode ?? Mode.none });
    if (!isFolder(entry)) continue;
    const inside = was !== undefined && isFolder(was) ? was.oid : null;
    await walkTree(inside, entry.oid, { prefix: `${path}/`, depth: depth + 1 }, walk);
  }
}
