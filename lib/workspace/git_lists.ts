/** Lists that git prints, read as they come and never longer than bounded: a tree of some kilobytes can have more paths than there are atoms. */

import { BottleError } from "../errors.ts";
import type { HostGit } from "./host_git.ts";
import { parseTree, parseTreeChanges, type TreeChange, type TreeEntry } from "./tree_listing.ts";
import type { Oid } from "./types.ts";

/** Entries of a list. The biggest repositories that people work in have less than a million files. */
export const MAX_ENTRIES = 5_000_000;

/**
 * What each of some commits changes against each of its parents; a first commit against nothing. Folders have entries of their own.
 *
 * @param commits what `git rev-list` printed
 * @throws {BottleError} `work-too-big`, `work-unreadable`
 */
export async function* listChanges(
  git: HostGit,
  commits: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TreeChange, void, void> {
  yield* bounded(git, [
    "diff-tree",
    "--stdin",
    "--raw",
    "-z",
    "-r",
    "-t",
    "-m",
    "--root",
    "--no-renames",
    "--no-abbrev",
    "--no-commit-id",
    "--no-ext-diff",
    "--ignore-submodules=none",
  ], { parse: parseTreeChanges, stdin: commits, signal });
}

/** All entries of a commit's tree, folders too. @throws {BottleError} `work-too-big`, `work-unreadable` */
export async function* listTree(
  git: HostGit,
  commit: Oid,
  signal: AbortSignal | undefined,
): AsyncGenerator<TreeEntry, void, void> {
  const args = ["ls-tree", "-r", "-t", "-z", "--full-tree", commit];
  yield* bounded(git, args, { parse: parseTree, stdin: "", signal });
}

async function* bounded<T>(
  git: HostGit,
  args: readonly string[],
  { parse, stdin, signal }: {
    readonly parse: (stream: ReadableStream<Uint8Array>) => AsyncGenerator<T, void, void>;
    readonly stdin: string;
    readonly signal: AbortSignal | undefined;
  },
): AsyncGenerator<T, void, void> {
  await using program = git.stream(args, signal === undefined ? {} : { signal });
  const fed = feed(program.writable, stdin);
  let entries = 0;
  for await (const entry of parse(program.readable)) {
    if (++entries > MAX_ENTRIES) throw tooMany();
    yield entry;
  }
  const { code, stderr } = await program.ended;
  await fed;
  signal?.throwIfAborted();
  if (code !== 0) throw listFailed(args, code, stderr);
}

/** Beside the reading: both pipes are short. A program that gives up breaks this one, and says why itself. */
async function feed(into: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = into.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

function tooMany(): BottleError {
  return new BottleError(
    `The agent's work is refused: a tree in it has more than ${MAX_ENTRIES} entries`,
    { code: "work-too-big", hint: "Look at it in the bottle, with `bot-bottle exec`" },
  );
}

function listFailed(args: readonly string[], code: number, stderr: string): BottleError {
  return new BottleError(`"git ${args[0] ?? ""}" ended with ${code}`, {
    code: "git-failed",
    details: stderr.trim().split("\n").slice(-10).filter((line) => line !== ""),
  });
}
