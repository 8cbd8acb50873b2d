/** Finds manifests on disk: names and paths, nothing is read. */

import { dirname, join } from "node:path";
import { BottleError } from "../errors.ts";
import { NAME } from "./name.ts";

/** A file that may be a manifest. */
export interface FoundFile {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
}

/** What a folder holds. */
export interface FoundFolder {
  readonly found: readonly FoundFile[];
  /** Files whose stem is no name: mentioned by `list`, never read. */
  readonly misnamed: readonly string[];
}

/** The `.md` files of a folder, by name. A folder that isn't there is empty. @throws {BottleError} `home-unreadable` */
export async function listFolder(folder: string): Promise<FoundFolder> {
  const found: FoundFile[] = [];
  const misnamed: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory || !entry.name.endsWith(".md")) continue;
      const file = join(folder, entry.name);
      const name = entry.name.slice(0, -".md".length);
      if (NAME.test(name)) found.push({ name, file });
      else misnamed.push(file);
    }
  } catch (error) {
    if (!isAbsent(error)) {
      throw new BottleError(`Cannot list "${folder}"`, { code: "home-unreadable", cause: error });
    }
  }
  const byName = (a: FoundFile, b: FoundFile): number => a.name < b.name ? -1 : 1;
  return { found: found.sort(byName), misnamed: misnamed.sort() };
}

/**
 * The `.bot-bottle` folders from the working directory up to the repository's root, nearest first. Without a
 * repository there are none: a folder that somebody left in /tmp is nobody's to trust. The home itself is none either,
 * nor is a folder that is reached through a link.
 */
export async function findRepositoryFolders(
  cwd: string,
  home: string,
): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = cwd;; folder = dirname(folder)) {
    folders.push(join(folder, ".bot-bottle"));
    if (await ifPresent(Deno.lstat(join(folder, ".git")))) break;
    if (dirname(folder) === folder) return [];
  }
  const real = await ifPresent(Deno.realPath(home));
  const usable: string[] = [];
  for (const folder of folders) {
    if (await isRealFolder(folder) && await Deno.realPath(folder) !== real) usable.push(folder);
  }
  return usable;
}

/** Whether it is a folder and no link to one. */
export async function isRealFolder(path: string): Promise<boolean> {
  return (await ifPresent(Deno.lstat(path)))?.isDirectory ?? false;
}

async function ifPresent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
