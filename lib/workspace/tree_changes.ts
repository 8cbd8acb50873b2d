/** What commits change, path by path, and never more paths than bounded: a tree of some kilobytes can have more than there are atoms. */

import { BottleError } from "../errors.ts";
import { Mode, type TreeChange, type TreeEntry } from "./tree_listing.ts";
import { isFolder, type TreeReader } from "./tree_reader.ts";
import type { Oid } from "./types.ts";

/** Paths, of files and folders, that all commits together may change. */
export const MAX_CHANGES = 1_000_000;

/** Counts what was seen, over all commits. */
export class ChangeBudget {
  #left: number;

  /** @param changes how many there may be */
  constructor(changes = MAX_CHANGES) {
    this.#left = changes;
  }

  /** @throws {BottleError} `work-too-big` */
  spend(): void {
    if (this.#left-- > 0) return;
    throw new BottleError("The agent's work is refused: it changes too many files to be checked", {
      code: "work-too-big",
      hint: "Look for folders that should be ignored in its commits, with `bot-bottle exec`",
    });
  }
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
  if (parents.length === 0) await walkTree(null, tree, "", walk);
  for (const parent of parents) {
    const { tree: before } = await walk.reader.readCommit(parent);
    await walkTree(before, tree, "", walk);
  }
}

async function walkTree(
  before: Oid | null,
  after: Oid,
  prefix: string,
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
    budget.spend();
    const path = `${prefix}${entry.path}`;
    onChange({ ...entry, path, oldMode: was?.mode ?? Mode.none });
    if (!isFolder(entry)) continue;
    const inside = was !== undefined && isFolder(was) ? was.oid : null;
    await walkTree(inside, entry.oid, `${path}/`, walk);
  }
}
