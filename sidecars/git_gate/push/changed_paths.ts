/** Which paths a push changes: in any commit that is new to the upstream, and between what a branch was and what it shall be. */

import { BottleError } from "../../../lib/errors.ts";
import {
  type ChangedPath,
  NO_ENTRY,
  parseRawDiff,
  parseTree,
  type TreeEntry,
} from "../../../lib/git_gate/raw_diff.ts";
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
const DIFF = ["-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff"] as const;
/** So many paths are compared with the HEAD branch; more count as they are. */
const MAX_COMPARED = 500;

/**
 * The paths that fit, each once. One that comes to be as the upstream's HEAD branch has it does not count: whoever merges
 * that branch, or follows it, changes nothing.
 *
 * @param fits tells the ones that are looked for
 * @throws {BottleError} `push-malformed`: git can't say
 */
export async function changedPaths(
  objects: PushedObjects,
  commands: readonly RefCommand[],
  fits: (path: string) => boolean,
): Promise<readonly string[]> {
  const found = new Map<string, Set<TreeEntry>>();
  const take = (changed: readonly ChangedPath[]): void => {
    for (const { path, entry } of changed) {
      if (!fits(path)) continue;
      found.set(path, (found.get(path) ?? new Set()).add(entry));
    }
  };
  take(await changedInCommits(objects, commands));
  for (const { ref, old, new: id } of commands) {
    if (!ref.startsWith("refs/heads/") || isNone(old) || isNone(id)) continue;
    take(readDiff(await runGit(objects, ["diff-tree", ...DIFF, old, id, "--"])));
  }
  const usual = await entriesOfHead(objects, [...found.keys()]);
  return [...found].filter(([path, entries]) => {
    const there = usual?.get(path) ?? NO_ENTRY;
    // A name that is no UTF-8 can't be asked for.
    return usual === undefined || path.includes("\ufffd") ||
      [...entries].some((one) => one !== there);
  }).map(([path]) => path);
}

async function changedInCommits(
  objects: PushedObjects,
  commands: readonly RefCommand[],
): Promise<readonly ChangedPath[]> {
  const ids = commands.map(({ new: id }) => id).filter((id) => !isNone(id));
  // The second `--not` is for the ids that follow on stdin.
  const commits = await runGit(objects, ["rev-list", "--not", "--all", "--not", "--stdin"], {
    stdin: ids.map((id) => `${id}\n`).join(""),
  });
  if (commits.length === 0) return [];
  const each = ["diff-tree", "--stdin", "-m", "--root", "--no-commit-id", ...DIFF];
  return readDiff(await runGit(objects, each, { stdin: commits }));
}

/** What the HEAD branch has at these paths; undefined: there is none, or there are too many to ask for. */
async function entriesOfHead(
  objects: PushedObjects,
  paths: readonly string[],
): Promise<ReadonlyMap<string, TreeEntry> | undefined> {
  const head = paths.length === 0 ? undefined : await objects.mirror.headBranch();
  if (head === undefined || paths.length > MAX_COMPARED) return undefined;
  const { mirror, env, signal } = objects;
  const args = ["--literal-pathspecs", "ls-tree", "-z", "--full-tree", head, "--", ...paths];
  const { code, stdout } = await mirror.git(args, { env, signal });
  return code === 0 ? parseTree(stdout) : undefined;
}

function readDiff(stdout: Uint8Array): readonly ChangedPath[] {
  try {
    return parseRawDiff(stdout);
  } catch (cause) {
    throw untold(cause);
  }
}

/** @throws {BottleError} `push-malformed` */
async function runGit(
  { mirror, env, signal }: PushedObjects,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Uint8Array> {
  const { code, stdout } = await mirror.git(args, { ...options, env, signal });
  if (code === 0) return stdout;
  throw untold();
}

function untold(cause?: unknown): BottleError {
  return new BottleError("git can't tell which paths it changes", {
    code: "push-malformed",
    cause,
  });
}
