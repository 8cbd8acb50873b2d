/** The remotes that a person's repository names: read, never spoken to. */

import { isBranchName } from "./branch_name.ts";
import type { GitOptions, HostGit } from "./host_git.ts";
import type { SourceRemote } from "./types.ts";

/** What a command line and a configuration take for a remote's name, and for nothing else; git takes no `..` and no `.lock` in it. */
const NAME = /^(?!.*(?:\.\.|\.lock$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
/** Longer than any that a manifest can declare. */
const MAX_URL = 2_048;
/** No repository that is worked with has more; longer lists are somebody's joke. */
const MAX_REMOTES = 100;

/**
 * Each remote that has a plain name, with the first of its urls and where its pushes go.
 *
 * @param branch that HEAD is on; what it follows is told with the remote
 */
export async function readRemotes(
  git: HostGit,
  branch: string | null,
  options: GitOptions = {},
): Promise<readonly SourceRemote[]> {
  const urls = await read(git, "url", options);
  const pushUrls = await read(git, "pushurl", options);
  const follows = branch === null ? undefined : (await value(git, branch, "remote", options));
  const merge = branch === null ? undefined : (await value(git, branch, "merge", options));
  const found = new Map<string, SourceRemote>();
  for (const [name, url] of urls) {
    if (!NAME.test(name) || found.has(name) || found.size === MAX_REMOTES) continue;
    if (url.length > MAX_URL) continue;
    const pushes = pushUrls.flatMap(([of, pushUrl]) => of === name ? [pushUrl] : []);
    found.set(name, {
      name,
      url,
      ...pushes.length === 0 ? {} : { pushUrls: pushes },
      merge: follows === name ? branchOf(merge) : null,
    });
  }
  return [...found.values()];
}

/** What is no branch's name is not followed: it would have to go on a command line. */
function branchOf(ref: string | undefined): string | null {
  if (ref === undefined) return null;
  const name = ref.replace(/^refs\/heads\//, "");
  return name !== ref && isBranchName(name) ? ref : null;
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
  key: "url" | "pushurl",
  options: GitOptions,
): Promise<readonly (readonly [name: string, value: string])[]> {
  const pattern = `^remote\\..*\\.${key}$`;
  const { code, stdout } = await git(["config", "--null", "--get-regexp", pattern], options);
  if (code !== 0) return [];
  return stdout.split("\0").flatMap((entry) => {
    const end = entry.indexOf("\n");
    if (end < 0) return [];
    const name = entry.slice("remote.".length, end - `.${key}`.length);
    return [[name, entry.slice(end + 1)] as const];
  });
}
