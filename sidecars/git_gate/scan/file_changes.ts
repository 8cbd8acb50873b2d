/** What `git diff-tree --stdin -r -t -c --root --raw -z` says of commits: which files each changes, and what stood there before. */

import { Buffer } from "node:buffer";
import { unscannable } from "./unscannable.ts";

/** What a commit has at a path. */
export interface FileChange {
  /** A submodule and a folder have names only: a folder without files is in no file's path. */
  readonly kind: "file" | "submodule" | "folder";
  /** Object id of the commit. */
  readonly commit: string;
  /** The path's bytes, one character each. */
  readonly path: string;
  /** Object id of what is there now; of a submodule one of another repository. */
  readonly blob: string;
  /** Object ids of the files that were there in the commit's parents. */
  readonly before: readonly string[];
  /** No parent has anything at this path. */
  readonly isAdded: boolean;
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const KINDS: ReadonlyMap<string | undefined, FileChange["kind"]> = new Map([
  ["160000", "submodule"],
  ["040000", "folder"],
]);

/** Options for git, whose output {@linkcode readFileChanges} reads. The commits come on stdin, parents first. */
export const DIFF_TREE_ARGS: readonly string[] = [
  "diff-tree",
  "--stdin",
  "-r",
  "-t",
  "-c",
  "--root",
  "--raw",
  "-z",
  "--no-renames",
  "--no-abbrev",
];

/**
 * Reads the output piece by piece. A deletion is left out.
 *
 * @throws {BottleError} `scan-failed`: it is not that output
 */
export async function* readFileChanges(
  output: AsyncIterable<Uint8Array>,
): AsyncGenerator<FileChange> {
  let commit: string | undefined;
  let change: string | undefined;
  for await (const field of fields(output)) {
    if (change !== undefined) {
      if (commit === undefined) throw malformed();
      const read = readChange(change, field, commit);
      change = undefined;
      if (read !== undefined) yield read;
    } else if (field.startsWith(":")) {
      change = field;
    } else if (COMMIT.test(field)) {
      commit = field;
    } else {
      throw malformed();
    }
  }
  if (change !== undefined) throw malformed();
}

/** One colon for each parent, then modes and ids: of each parent, and of the commit. */
function readChange(change: string, path: string, commit: string): FileChange | undefined {
  const parents = /^:+/.exec(change)?.[0].length ?? 0;
  const words = change.slice(parents).split(" ");
  const modes = words.slice(0, parents + 1);
  const ids = words.slice(parents + 1, 2 * parents + 2);
  const blob = ids.at(-1);
  if (
    words.length !== 2 * parents + 3 || blob === undefined || !ids.every((id) => COMMIT.test(id))
  ) {
    throw malformed();
  }
  if (isNone(blob)) return undefined;
  const kind = kindOf(modes.at(-1));
  const before = ids.slice(0, -1).filter((id, at) => !isNone(id) && kindOf(modes[at]) === "file");
  return { kind, commit, path, blob, before, isAdded: ids.slice(0, -1).every(isNone) };
}

function kindOf(mode: string | undefined): FileChange["kind"] {
  return KINDS.get(mode) ?? "file";
}

function isNone(id: string): boolean {
  return /^0+$/.test(id);
}

/** What stands before each NUL, one character a byte. */
async function* fields(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const piece of output) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let start = 0;
    for (let nul = bytes.indexOf(0); nul !== -1; nul = bytes.indexOf(0, start)) {
      yield bytes.toString("latin1", start, nul);
      start = nul + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) throw malformed();
}

function malformed(): Error {
  return unscannable("git lists changes in an unknown way");
}
