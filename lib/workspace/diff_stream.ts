/** Patches and statistics from the quarantine: git's own diff, without anything that attributes or a configuration could add. */

import { BottleError } from "../errors.ts";
import type { Duplex } from "../process/run.ts";
import { DIFF_LIMITS, diffArgs, type DiffRange } from "./diff_options.ts";
import type { HostGit } from "./host_git.ts";

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
  { from, to, renames, signal }: DiffRange,
): AsyncGenerator<Uint8Array, void, void> {
  const args = ["diff-tree", ...diffArgs(renames), ...format, from, to];
  await using program: Duplex = git.stream(args, {
    ...DIFF_LIMITS,
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
    hint:
      "A file may be too big for a patch: `bot-bottle fetch` brings commits, `bot-bottle cp` files",
  });
}
