/** Which paths a push changes: in any commit that is new to the upstream, and between what a branch was and what it shall be. */

import { BottleError } from "../../../lib/errors.ts";
import { isNone, type RefCommand } from "../../../lib/git_gate/ref_command.ts";
import type { GitOptions } from "../git.ts";
import type { Mirror } from "../mirror.ts";

/** The mirror, with what came behind it. */
export interface PushedObjects {
  readonly mirror: Mirror;
  /** Of the quarantine. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Renames are a path that goes and one that comes; of a merge the changes against each parent count. */
const DIFF = ["-r", "-z", "--name-only", "--no-renames", "--no-textconv", "--no-ext-diff"] as const;

/**
 * The paths that fit, each once.
 *
 * @param fits tells the ones that are looked for
 * @throws {BottleError} `push-malformed`: git can't say
 */
export async function changedPaths(
  objects: PushedObjects,
  commands: readonly RefCommand[],
  fits: (path: string) => boolean,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const take = (stdout: Uint8Array): void => {
    for (const path of new TextDecoder().decode(stdout).split("\0")) {
      if (path !== "" && fits(path)) found.add(path);
    }
  };
  take(await changedInCommits(objects, commands));
  for (const { ref, old, new: id } of commands) {
    if (!ref.startsWith("refs/heads/") || isNone(old) || isNone(id)) continue;
    take(await runGit(objects, ["diff-tree", ...DIFF, old, id, "--"]));
  }
  return [...found];
}

async function changedInCommits(
  objects: PushedObjects,
  commands: readonly RefCommand[],
): Promise<Uint8Array> {
  const ids = commands.map(({ new: id }) => id).filter((id) => !isNone(id));
  // The second `--not` is for the ids that follow on stdin.
  const commits = await runGit(objects, ["rev-list", "--not", "--all", "--not", "--stdin"], {
    stdin: ids.map((id) => `${id}\n`).join(""),
  });
  if (commits.length === 0) return commits;
  const each = ["diff-tree", "--stdin", "-m", "--root", "--no-commit-id", ...DIFF];
  return await runGit(objects, each, { stdin: commits });
}

/** @throws {BottleError} `push-malformed` */
async function runGit(
  { mirror, env, signal }: PushedObjects,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Uint8Array> {
  const { code, stdout } = await mirror.git(args, { ...options, env, signal });
  if (code === 0) return stdout;
  throw new BottleError("git can't tell which paths it changes", { code: "push-malformed" });
}
