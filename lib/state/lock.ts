/** One life-cycle change of a bottle at a time. */

import { systemClock } from "../clock.ts";
import { BottleError } from "../errors.ts";
import { asWriteFailure } from "./write_failure.ts";

/** How long a change of `state.json` may have to wait for others, in milliseconds: each takes one write of the disk. */
const CHANGE_MS = 10_000;
const POLL_MS = 10;

/**
 * Takes a bottle's lock, or says at once that another has it. The lock is the kernel's, on an open file: it goes with the
 * process that holds it, so that a crash leaves none behind.
 *
 * @param file absolute
 * @throws {BottleError} `bottle-busy`, `disk-full`, `not-writable`
 * @throws {Deno.errors.NotFound} if its folder is gone, also when it went in this moment
 */
export async function lockBottle(name: string, file: string): Promise<Disposable> {
  const lock = await tryLock(file);
  if (lock !== undefined) return lock;
  throw bottleBusy(name);
}

/** `bottle-busy`. */
export function bottleBusy(name: string): BottleError {
  return new BottleError(`Another command is starting, stopping or removing "${name}"`, {
    code: "bottle-busy",
    hint: "Wait until it has ended, then try again",
  });
}

/**
 * Waits for the lock under which `state.json` is changed. It is held for a moment only and is not the bottle's: a bottle
 * that runs can be given another label.
 *
 * @param file absolute
 * @throws {BottleError} `bottle-busy` after ten seconds
 * @throws {Deno.errors.NotFound} as {@linkcode lockBottle}
 */
export async function lockForChange(name: string, file: string): Promise<Disposable> {
  for (let waited = 0; waited < CHANGE_MS; waited += POLL_MS) {
    const lock = await tryLock(file);
    if (lock !== undefined) return lock;
    await systemClock.sleep(POLL_MS);
  }
  throw new BottleError(`Another command has been changing the state of "${name}" for long`, {
    code: "bottle-busy",
    hint: "Wait until it has ended, then try again",
  });
}

async function tryLock(file: string): Promise<Disposable | undefined> {
  const handle = await openLock(file);
  try {
    if (await handle.tryLock(true)) {
      await requireSame(handle, file);
      return { [Symbol.dispose]: () => release(handle) };
    }
  } catch (error) {
    handle.close();
    throw error;
  }
  handle.close();
  return undefined;
}

async function openLock(file: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(file, { create: true, write: true, mode: 0o600 });
  } catch (error) {
    throw asWriteFailure(error, file);
  }
}

/** Whoever removed the bottle may have held the lock until now: then it is that of a file which nobody finds any more. */
async function requireSame(handle: Deno.FsFile, file: string): Promise<void> {
  const [ours, there] = await Promise.all([handle.stat(), Deno.stat(file)]);
  if (ours.ino !== there.ino) throw new Deno.errors.NotFound(file);
}

/**
 * Closing alone may come too late: a program that is being started holds a copy of each open file until its exec, and
 * the lock is free only when the last copy is closed or one of them unlocks.
 */
function release(handle: Deno.FsFile): void {
  handle.unlockSync();
  handle.close();
}
