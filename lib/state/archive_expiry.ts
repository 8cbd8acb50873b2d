/** Archives don't stay for ever: after {@linkcode ARCHIVE_DAYS} days nobody asks for them, and they hold what an agent did. */

import { join } from "node:path";
import { removeIfThere } from "./scraps.ts";

/** How long an archive is kept after it was last written. */
export const ARCHIVE_DAYS = 30;

const DAY_MS = 86_400_000;

/** Names of the archives that are older than that. */
export async function expiredArchives(home: string, now: Date): Promise<readonly string[]> {
  const root = join(home, "archive");
  const expired: string[] = [];
  for (const name of await foldersOf(root)) {
    const written = await writtenAt(join(root, name));
    if (written !== null && now.getTime() - written.getTime() > ARCHIVE_DAYS * DAY_MS) {
      expired.push(name);
    }
  }
  return expired.sort();
}

/** Removes those. Returns their names. */
export async function expireArchives(home: string, now: Date): Promise<readonly string[]> {
  const expired = await expiredArchives(home, now);
  // Another session's end may be at it, too.
  await removeIfThere(expired.map((name) => join(home, "archive", name)));
  return expired;
}

/** By the file's own time: a file that can't be parsed grows old too. */
async function writtenAt(folder: string): Promise<Date | null> {
  return await timeOf(join(folder, "session.json")) ?? await timeOf(folder);
}

/** Null: it isn't there, or not any more. */
async function timeOf(path: string): Promise<Date | null> {
  try {
    return (await Deno.stat(path)).mtime;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function foldersOf(root: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(root));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
