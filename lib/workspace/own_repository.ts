/**
 * Whether a repository is a folder's own. A folder that was unpacked from an archive may name another repository of the person's as
 * its own, in a file `.git`, by `commondir` or by links: its commits would go into a bottle, and another's come out of one.
 */

import { dirname, join, resolve } from "node:path";

/** Where git says that things are, absolute. */
export interface RepositoryPlaces {
  /** The work tree's top folder. */
  readonly top: string;
  readonly gitDir: string;
  /** What linked work trees share: objects, refs, configuration. */
  readonly commonDir: string;
  /** `core.worktree` is set: `top` is what the repository itself says. */
  readonly namesWorkTree: boolean;
}

/** What leads elsewhere; undefined: nothing does. */
export async function leadsElsewhere(places: RepositoryPlaces): Promise<string | undefined> {
  const { gitDir, commonDir } = places;
  if (!await belongsToFolder(places)) {
    return `its repository is "${gitDir}", which does not say that it is`;
  }
  for (const name of ["HEAD", "config", "packed-refs"]) {
    if (await isLink(join(commonDir, name))) return `"${join(commonDir, name)}" is a link`;
  }
  // The names of packs nobody can guess; those of the folders around them everybody can.
  const link = await findLink(join(commonDir, "objects"), 1) ??
    await findLink(join(commonDir, "refs")) ?? await findLink(join(commonDir, "logs"));
  return link === undefined ? undefined : `"${link}" is a link`;
}

async function belongsToFolder(
  { top, gitDir, commonDir, namesWorkTree }: RepositoryPlaces,
): Promise<boolean> {
  const dotGit = join(top, ".git");
  if (gitDir === commonDir) return (gitDir === dotGit && !await isLink(dotGit)) || namesWorkTree;
  // A linked work tree: the repository that it shares knows of it.
  if (dirname(gitDir) !== join(commonDir, "worktrees")) return false;
  try {
    const named = (await Deno.readTextFile(join(gitDir, "gitdir"))).trim();
    return await Deno.realPath(resolve(gitDir, named)) === dotGit;
  } catch {
    return false;
  }
}

/** The first link at a place, or below it. */
async function findLink(path: string, depth = Infinity): Promise<string | undefined> {
  if (await isLink(path)) return path;
  try {
    for await (const { name, isSymlink, isDirectory } of Deno.readDir(path)) {
      const inside = join(path, name);
      if (isSymlink) return inside;
      const found = isDirectory && depth > 1 ? await findLink(inside, depth - 1) : undefined;
      if (found !== undefined) return found;
    }
  } catch (error) {
    const isThere = !(error instanceof Deno.errors.NotFound) &&
      !(error instanceof Deno.errors.NotADirectory);
    if (isThere) throw error;
  }
  return undefined;
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
