/** The whole tree of a commit, read as git prints it and never longer than bounded. */

import { BottleError } from "../errors.ts";
import type { HostGit } from "./host_git.ts";
import { parseTree, type TreeEntry } from "./tree_listing.ts";
import type { Oid } from "./types.ts";

/** Entries of a list. The biggest repositories that people work in have less than a million files. */
export const MAX_ENTRIES = 5_000_000;

/** All entries of a commit's tree, folders too; git prints them as it goes. @throws {BottleError} `work-too-big`, `work-unreadable` */
export async function* listTree(
  git: HostGit,
  commit: Oid,
  signal: AbortSignal | undefined,
  maxEntries = MAX_ENTRIES,
): AsyncGenerator<TreeEntry, void, void> {
  const args = ["ls-tree", "-r", "-t", "-z", "--full-tree", commit];
  await using program = git.stream(args, signal === undefined ? {} : { signal });
  await program.writable.close().catch(() => {});
  let entries = 0;
  for await (const entry of parseTree(program.readable)) {
    if (++entries > maxEntries) throw tooMany(maxEntries);
    yield entry;
  }
  const { code, stderr } = await program.ended;
  signal?.throwIfAborted();
  if (code !== 0) throw listFailed(args, code, stderr);
}

function tooMany(maxEntries: number): BottleError {
  return new BottleError(
    `The agent's work is refused: a tree in it has more than ${maxEntries} entries`,
    { code: "work-too-big", hint: "Look at it in the bottle, with `bot-bottle exec`" },
  );
}

function listFailed(args: readonly string[], code: number, stderr: string): BottleError {
  return new BottleError(`"git ${args[0] ?? ""}" ended with ${code}`, {
    code: "git-failed",
    details: stderr.trim().split("\n").slice(-10).filter((line) => line !== ""),
  });
}
