/** How much of a work tree is not committed. */

import { join } from "node:path";
import { BottleError } from "../errors.ts";
import type { FoundRepository } from "./find_repository.ts";
import { isPlainFile } from "./plain_file.ts";
import { type GitHost, hostGit } from "./host_git.ts";
import { excludesFile } from "./own_config.ts";
import type { ScratchRepository } from "./scratch_repository.ts";

/** A work tree of a million files takes some seconds; nobody waits longer for a count. Milliseconds. */
const MAX_MS = 20_000;

/**
 * Counts as `git status --short` has lines: changed files, and files and folders that are new and not ignored. git runs in the scratch
 * repository with a copy of the index, so neither monitor nor filter of the person's repository is asked.
 *
 * @param scratch borrows the repository's objects, and has its commit as `main`
 * @returns null if it took too long or git could not tell
 */
export async function countUncommitted(
  host: GitHost,
  repository: FoundRepository,
  scratch: ScratchRepository,
  signal?: AbortSignal,
): Promise<number | null> {
  await copyIndex(repository.index, scratch.folder);
  await copyFile(repository.exclude, join(scratch.folder, "info", "exclude"));
  const excludes = await excludesFile(host, signal);
  const modes = await repository.git(
    ["config", "--type=bool", "--get", "core.fileMode"],
    signal === undefined ? {} : { signal },
  );
  const git = hostGit(host, {
    folder: repository.folder,
    gitDir: scratch.folder,
    workTree: repository.folder,
    indexFile: join(scratch.folder, "index"),
  });
  let count = 0;
  try {
    const { code } = await git(
      [
        "status",
        "--porcelain",
        "--untracked-files=normal",
        "--ignore-submodules=all",
        "--no-renames",
      ],
      {
        config: [
          ...(excludes === undefined ? [] : [`core.excludesFile=${excludes}`]),
          // On file systems without the bit every file would count as changed.
          ...(modes.stdout.trim() === "false" ? ["core.fileMode=false"] : []),
          "core.bare=false",
        ],
        keepBytes: 0,
        onLine: (_line, from) => void (count += from === "stdout" ? 1 : 0),
        timeoutMs: MAX_MS,
        ...(signal === undefined ? {} : { signal }),
      },
    );
    return code === 0 ? count : null;
  } catch (error) {
    if (error instanceof BottleError && error.code === "timeout") return null;
    throw error;
  }
}

/** The index, and the part of it that a split one shares. Its time stays: files as new as it are looked at, not believed. */
async function copyIndex(index: string, into: string): Promise<void> {
  const copy = join(into, "index");
  if (!await copyFile(index, copy)) return;
  const { atime, mtime } = await Deno.stat(index);
  if (mtime !== null) await Deno.utime(copy, atime ?? mtime, mtime);
  const folder = index.slice(0, index.lastIndexOf("/"));
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith("sharedindex.")) await copyFile(join(folder, name), join(into, name));
  }
}

/** False if there is no such file. */
async function copyFile(from: string, to: string): Promise<boolean> {
  if (!await isPlainFile(from)) return false;
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(from, to);
  return true;
}
