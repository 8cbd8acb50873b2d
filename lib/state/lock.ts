/** One life-cycle change of a bottle at a time. */

import { BottleError } from "../errors.ts";
import type { Slug } from "../names.ts";

/**
 * Takes a bottle's lock, or says at once that another has it. The lock is the kernel's, on an open file: it goes with the
 * process that holds it, so that a crash leaves none behind.
 *
 * @param file absolute; its folder exists
 * @throws {BottleError} `bottle-busy`
 */
export async function lockBottle(slug: Slug, file: string): Promise<Disposable> {
  const handle = await Deno.open(file, { create: true, write: true, mode: 0o600 });
  if (await handle.tryLock(true)) return { [Symbol.dispose]: () => release(handle) };
  handle.close();
  throw new BottleError(`Another command is starting, stopping or removing "${slug}"`, {
    code: "bottle-busy",
    hint: "Wait until it has ended, then try again",
  });
}

/**
 * Closing alone may come too late: a program that is being started holds a copy of each open file until its exec, and
 * the lock is free only when the last copy is closed or one of them unlocks.
 */
function release(handle: Deno.FsFile): void {
  handle.unlockSync();
  handle.close();
}
