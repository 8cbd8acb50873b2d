/** A lock between programs of one user, let go by the kernel when its holder dies. */

import type { Clock } from "../../lib/context.ts";

/** How often a lock that another holds is asked for, in milliseconds. */
const POLL_MS = 100;

/** Whether another holds the lock now. @param path a file that need not be there */
export async function isHeld(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path, { write: true });
    return !await file.tryLock(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Waits for the lock; the file and its folder are made. @param onWait called once if another holds it */
export async function holdLock(
  path: string,
  clock: Clock,
  signal?: AbortSignal,
  onWait: () => void = () => undefined,
): Promise<AsyncDisposable> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  try {
    if (!await file.tryLock(true)) {
      onWait();
      do await clock.sleep(POLL_MS, signal); while (!await file.tryLock(true));
    }
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    [Symbol.asyncDispose]: (): Promise<void> => {
      // The file stays: were it removed, a third could lock a new one while the second holds the old.
      file.close();
      return Promise.resolve();
    },
  };
}
