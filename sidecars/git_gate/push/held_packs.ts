/** Packs that pushes have brought into a mirror, until it is known whether the upstream took what is in them. */

import { isNone } from "../../../lib/git_gate/ref_command.ts";
import type { Mirror } from "../mirror.ts";

/** Files of a pack, by their endings. */
const ENDINGS = ["keep", "idx", "rev", "pack", "bitmap", "mtimes"] as const;

interface Holders {
  count: number;
  /** One of them has brought something that the upstream took, or the mirror had it before. */
  isNeeded: boolean;
}

/**
 * Who holds which pack of one mirror. Two pushes may bring the same pack, which is then one file: the last of them
 * takes it away, if the upstream took it from none.
 */
export class HeldPacks {
  readonly #held = new Map<string, Holders>();

  /** While a push is in quarantine: what is in the mirror already nobody takes away. */
  async hold(mirror: Pick<Mirror, "folder">, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const holders = this.#held.get(name);
      if (holders === undefined) {
        const fresh = { count: 1, isNeeded: false };
        this.#held.set(name, fresh);
        fresh.isNeeded ||= await isThere(`${mirror.folder}/objects/pack/${name}.pack`);
      } else holders.count++;
    }
  }

  /**
   * When the push is over.
   *
   * @param isTaken whether the upstream has taken anything of it
   * @param isReached tells whether refs of the mirror lead to what the push brought: then it stays
   */
  async letGo(
    mirror: Pick<Mirror, "folder" | "exclusive">,
    names: readonly string[],
    isTaken: boolean,
    isReached: () => Promise<boolean>,
  ): Promise<void> {
    const over = names.filter((name) => this.#release(name, isTaken));
    if (over.length === 0) return;
    await mirror.exclusive(async () => {
      if (await isReached()) return;
      // Another push may have brought it again while this one waited.
      for (const name of over.filter((name) => !this.#held.has(name))) {
        await removePack(`${mirror.folder}/objects/pack/${name}`);
      }
    });
  }

  /** Whether it is to be taken away. */
  #release(name: string, isTaken: boolean): boolean {
    const holders = this.#held.get(name);
    if (holders === undefined) return false;
    holders.isNeeded ||= isTaken;
    if (--holders.count > 0) return false;
    this.#held.delete(name);
    return !holders.isNeeded;
  }
}

/** Whether a ref of the mirror leads to one of these objects: by another push, or a refresh. Zeroes are no object. */
export async function reachesAny(
  mirror: Pick<Mirror, "git">,
  ids: readonly string[],
): Promise<boolean> {
  for (const id of new Set(ids.filter((id) => !isNone(id)))) {
    const args = ["rev-list", "--max-count=1", id, "--not", "--all"];
    const { code, stdout } = await mirror.git(args);
    if (code === 0 && stdout.length === 0) return true;
  }
  return false;
}

/** The index first: without it git does not look for the pack. */
async function removePack(path: string): Promise<void> {
  for (const ending of ENDINGS) {
    try {
      await Deno.remove(`${path}.${ending}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
