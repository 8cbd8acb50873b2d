/**
 * Throw-away homes: `throwaway/<random>/` in the person's home, for bottles that a program starts for itself and removes before it ends.
 * Each has a lock that its program holds, so that what a killed one has left is told from what is in use.
 */

import { dirname, join } from "node:path";
import { BottleError } from "../errors.ts";
import { lockBottle } from "./lock.ts";

const ROOT = "throwaway";
/** A cleanup may take a folder whose lock is not held yet: another one is made then, so often. */
const ATTEMPTS = 3;

/** A folder that is its program's alone until it is disposed of, which removes it. */
export interface Throwaway extends AsyncDisposable {
  /** Absolute, links followed; 0700. */
  readonly folder: string;
}

/**
 * Makes one. A home that isn't there is made, and is gone again afterwards unless something else came into it. One that can't be
 * written is done without: then the folder lies among the machine's temporary ones, where no cleanup looks.
 *
 * @param home absolute
 */
export async function makeThrowaway(home: string): Promise<Throwaway> {
  try {
    return await makeIn(home);
  } catch {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-" }));
    return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  }
}

/** Folders whose program has ended without removing them, each locked for the caller. Disposal lets go of those that are still there. */
export async function claimAbandoned(home: string): Promise<readonly Throwaway[]> {
  const claimed: Throwaway[] = [];
  for (const name of await namesIn(join(home, ROOT))) {
    const folder = await Deno.realPath(join(home, ROOT, name));
    const lock = await lockIfFree(folder);
    if (lock !== undefined) claimed.push({ folder, [Symbol.asyncDispose]: () => unlock(lock) });
  }
  return claimed;
}

/** The same without keeping anybody from them: for a look. */
export async function findAbandoned(home: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const claimed of await claimAbandoned(home)) {
    await using _lock = claimed;
    folders.push(claimed.folder);
  }
  return folders;
}

/** Removes one that was claimed, and the folder of them all if it was the last. */
export async function removeAbandoned({ folder }: Throwaway): Promise<void> {
  await Deno.remove(folder, { recursive: true });
  await removeEmpty([dirname(folder)]);
}

async function makeIn(home: string): Promise<Throwaway> {
  const root = join(home, ROOT);
  const fresh = [root, ...await missingFolders(home)];
  for (let attempt = 1;; attempt++) {
    const made = join(root, crypto.randomUUID().slice(0, 8));
    try {
      await Deno.mkdir(made, { recursive: true, mode: 0o700 });
      const folder = await Deno.realPath(made);
      const lock = await lockBottle(folder, join(folder, "lock"));
      return {
        folder,
        [Symbol.asyncDispose]: async () => {
          using _lock = lock;
          await Deno.remove(folder, { recursive: true });
          await removeEmpty(fresh);
        },
      };
    } catch (error) {
      const isTaken = error instanceof Deno.errors.NotFound ||
        (error instanceof BottleError && error.code === "bottle-busy");
      if (!isTaken || attempt === ATTEMPTS) {
        await removeEmpty([made, ...fresh]);
        throw error;
      }
    }
  }
}

/** The home and the folders above it, as far as they aren't there; the deepest first. */
async function missingFolders(folder: string): Promise<readonly string[]> {
  try {
    await Deno.stat(folder);
    return [];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return [folder, ...await missingFolders(dirname(folder))];
  }
}

/** Those that are empty: something else may have come into them. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await Deno.remove(folder).catch(() => undefined);
}

async function lockIfFree(folder: string): Promise<Disposable | undefined> {
  try {
    return await lockBottle(folder, join(folder, "lock"));
  } catch (error) {
    const isInUse = error instanceof BottleError && error.code === "bottle-busy";
    if (isInUse || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function unlock(lock: Disposable): Promise<void> {
  lock[Symbol.dispose]();
  return Promise.resolve();
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(root));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
