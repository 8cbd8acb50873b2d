/** Half-written files of a home: what a program was killed over, and nobody will go on with. */

import { join } from "node:path";

/** No write takes so long, in milliseconds: a younger one may still be somebody's. */
const OLD_MS = 60 * 60_000;

/** Where they are made, each with how their names begin. `*`: any folder. */
const PLACES: readonly (readonly [folder: string, prefixes: readonly string[]])[] = [
  ["", [".draft-"]],
  ["state", [".removed-"]],
  ["state/*", [".draft-", ".work-"]],
  ["archive/*", [".draft-", ".transcript-"]],
  ["deploy_keys", [".draft-"]],
];

/** Paths of those, absolute. Another's file of such a name would have to lie in one of our folders. */
export async function findScraps(home: string, now: Date): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [place, prefixes] of PLACES) {
    for (const folder of await foldersAt(home, place)) {
      for (const { name } of await entriesOf(folder)) {
        const path = join(folder, name);
        const isScrap = prefixes.some((prefix) => name.startsWith(prefix));
        if (isScrap && await isOld(path, now)) found.push(path);
      }
    }
  }
  return found.sort();
}

/** Removes them, folders with all that is in them. One that is gone already is as it should be. */
export async function removeIfThere(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await ifThere(Deno.remove(path, { recursive: true }));
  }
}

async function foldersAt(home: string, place: string): Promise<readonly string[]> {
  if (!place.endsWith("/*")) return [join(home, place)];
  const parent = join(home, place.slice(0, -2));
  const folders = (await entriesOf(parent)).filter(({ isDirectory }) => isDirectory);
  return folders.map(({ name }) => join(parent, name));
}

async function entriesOf(folder: string): Promise<readonly Deno.DirEntry[]> {
  return await ifThere(Array.fromAsync(Deno.readDir(folder))) ?? [];
}

async function isOld(path: string, now: Date): Promise<boolean> {
  const mtime = (await ifThere(Deno.lstat(path)))?.mtime ?? now;
  return now.getTime() - mtime.getTime() > OLD_MS;
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
