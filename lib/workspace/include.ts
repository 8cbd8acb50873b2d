/** Files that no commit has and that the person named all the same: `--include`. */

import { relative, resolve } from "node:path";
import { type TreeEntry, walkTree } from "../archive/host_tree.ts";
import { BottleError, ExitCode } from "../errors.ts";

/**
 * Checks what was named: it exists, lies in the work tree, is nothing of git's own, and no link is on the way to it.
 *
 * @param folder the work tree's top, links resolved
 * @param paths absolute
 * @returns paths from `folder`, sorted, each once
 * @throws {BottleError} `workspace-include`
 */
export async function checkIncludes(
  folder: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const checked = new Set<string>();
  for (const path of paths) checked.add(await checkInclude(folder, path));
  return [...checked].sort();
}

/**
 * The named files as entries of an archive. Links stay links, and what is git's own in a folder stays behind: the
 * configuration and the hooks of a repository inside.
 *
 * @param folder the work tree's top
 * @param paths from `folder`, as {@linkcode checkIncludes} gave them
 */
export async function* walkIncludes(
  folder: string,
  paths: readonly string[],
): AsyncGenerator<TreeEntry, void, void> {
  for (const path of await checkIncludes(folder, paths.map((path) => resolve(folder, path)))) {
    for await (const entry of walkTree(`${folder}/${path}`, `./${path}`)) {
      if (!isGitsOwn(entry.name)) yield entry;
    }
  }
}

async function checkInclude(folder: string, path: string): Promise<string> {
  const named = relative(folder, await realParent(path));
  if (named === "" || named === ".." || named.startsWith("../")) {
    throw refused(path, `it is not in the work tree "${folder}"`);
  }
  if (isGitsOwn(named)) throw refused(path, "it is git's own");
  const parts = named.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = `${folder}/${parts.slice(0, depth).join("/")}`;
    const info = await lookUp(part);
    if (info === undefined) throw refused(path, "there is no such file or folder");
    if (info.isSymlink) throw refused(path, `"${part}" is a link: name what it leads to`);
  }
  return named;
}

/** The path with the links above the work tree resolved, as the work tree's own path is. */
async function realParent(path: string): Promise<string> {
  const whole = resolve(path);
  const at = whole.lastIndexOf("/");
  try {
    return `${await Deno.realPath(whole.slice(0, at) || "/")}/${whole.slice(at + 1)}`;
  } catch {
    return whole;
  }
}

function isGitsOwn(path: string): boolean {
  return path.split("/").some((part) => part.toLowerCase() === ".git");
}

async function lookUp(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}

function refused(path: string, why: string): BottleError {
  return new BottleError(`Cannot include "${path}": ${why}`, {
    code: "workspace-include",
    exitCode: ExitCode.usage,
    hint: "Name files or folders of the workspace that no commit has",
  });
}
