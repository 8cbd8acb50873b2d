/** The remotes that a person's repository names: read, never spoken to. */

import type { GitOptions, HostGit } from "./host_git.ts";
import type { SourceRemote } from "./types.ts";

/** What a command line and a configuration take for a remote's name, and for nothing else. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
/** No repository that is worked with has more; longer lists are somebody's joke. */
const MAX_REMOTES = 100;

/**
 * Each remote that has a plain name, with the first of its urls.
 *
 * @param branch that HEAD is on; what it follows is told with the remote
 */
export async function readRemotes(
  git: HostGit,
  branch: string | null,
  options: GitOptions = {},
): Promise<readonly SourceRemote[]> {
  const urls = await read(git, "^remote\\..*\\.url$", options);
  const follows = branch === null ? undefined : (await value(git, branch, "remote", options));
  const merge = branch === null ? undefined : (await value(git, branch, "merge", options));
  const found = new Map<string, SourceRemote>();
  for (const [key, url] of urls) {
    const name = key.slice("remote.".length, -".url".length);
    if (!NAME.test(name) || found.has(name) || found.size === MAX_REMOTES) continue;
    const isFollowed = follows === name && merge?.startsWith("refs/heads/");
    found.set(name, { name, url, merge: isFollowed ? merge ?? null : null });
  }
  return [...found.values()];
}

async function value(
  git: HostGit,
  branch: string,
  key: string,
  options: GitOptions,
): Promise<string | undefined> {
  const { code, stdout } = await git(
    ["config", "--null", "--get", `branch.${branch}.${key}`],
    options,
  );
  return code === 0 ? stdout.replace(/\0$/, "") : undefined;
}

/** Keys come in lower case but for the remote's own name; a value stands in the line behind its key. */
async function read(
  git: HostGit,
  pattern: string,
  options: GitOptions,
): Promise<readonly (readonly [key: string, value: string])[]> {
  const { code, stdout } = await git(["config", "--null", "--get-regexp", pattern], options);
  if (code !== 0) return [];
  return stdout.split("\0").flatMap((entry) => {
    const end = entry.indexOf("\n");
    return end < 0 ? [] : [[entry.slice(0, end), entry.slice(end + 1)] as const];
  });
}
