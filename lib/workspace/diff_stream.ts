/** Patches and statistics from the quarantine: git's own diff, without anything that attributes or a configuration could add. */

import { BottleError } from "../errors.ts";
import type { Duplex } from "../process/run.ts";
import { PLAIN_DIFF } from "./changes.ts";
import type { HostGit } from "./host_git.ts";
import type { Oid } from "./types.ts";

/** Between which commits. */
export interface DiffRange {
  readonly from: Oid;
  readonly to: Oid;
  readonly signal?: AbortSignal;
}

/** Bigger files are shown as changed, not line by line: no person reads them, and comparing them takes hours. */
const LINES_UP_TO = "core.bigFileThreshold=32m";
/** Names as they are: what shows them escapes them. */
const PLAIN_NAMES = "core.quotePath=false";

/** A patch that `git apply` takes, binary files too, in pieces as they come. @throws {BottleError} `git-failed` */
export async function* patchOf(
  git: HostGit,
  range: DiffRange,
): AsyncGenerator<Uint8Array, void, void> {
  yield* printed(git, ["--patch", "--binary", "--full-index"], range);
}

/** The same for eyes: binary files are only named. */
export async function* readablePatchOf(
  git: HostGit,
  range: DiffRange,
): AsyncGenerator<Uint8Array, void, void> {
  yield* printed(git, ["--patch"], range);
}

/** Lines of `git diff --stat`. @param columns width of a line */
export async function* statOf(
  git: HostGit,
  range: DiffRange,
  columns: number,
): AsyncGenerator<Uint8Array, void, void> {
  yield* printed(git, [`--stat=${columns}`, "--summary"], range);
}

async function* printed(
  git: HostGit,
  format: readonly string[],
  { from, to, signal }: DiffRange,
): AsyncGenerator<Uint8Array, void, void> {
  const args = ["diff-tree", "-r", "-M", ...PLAIN_DIFF, ...format, from, to];
  await using program: Duplex = git.stream(args, {
    config: [LINES_UP_TO, PLAIN_NAMES],
    ...(signal === undefined ? {} : { signal }),
  });
  await program.writable.close().catch(() => {});
  for await (const chunk of program.readable) yield chunk;
  const { code, stderr } = await program.ended;
  signal?.throwIfAborted();
  if (code === 0) return;
  throw new BottleError(`"git diff-tree" ended with ${code}`, {
    code: "git-failed",
    details: stderr.trim().split("\n").slice(-10).filter((line) => line !== ""),
  });
}
