/**
 * The way to a keeper's socket: a short path that is the same for every bottle of a person.
 *
 * A socket's path may have 104 bytes (macOS) or 108 (Linux), and a home may be longer. And Deno permits a unix socket by its exact path
 * or else the whole network, so that a program which doesn't know its bottle yet could not be kept from the network. Hence
 * each socket is bound and connected to by way of a link, `/tmp/bot-bottle-<uid>/door`, that leads to the bottle's folder for that
 * moment, under a lock. The socket itself is in the bottle's folder, which is its owner's only.
 */

import { join } from "node:path";
import type { Clock } from "../../lib/context.ts";
import { BottleError } from "../../lib/errors.ts";

/** The socket's name in the bottle's folder. */
export const SOCKET_NAME = "keeper.sock";
/** How long others may be at the door, in milliseconds: each is there for the time of a system call. */
const WAIT_MS = 3_000;
const POLL_MS = 5;

/** The folder that the door is in: `/tmp`, for it is short and there is one on every machine, as tmux has its own there. */
export function doorFolder(uid: number | null): string {
  return `/tmp/bot-bottle-${uid ?? 0}`;
}

/** The one path by which sockets are bound and connected to: what Deno has to permit. */
export function doorSocket(folder: string): string {
  return `${folder}/door/${SOCKET_NAME}`;
}

/** Opens the door to a folder, does what is to be done there at once, and closes it. */
export interface Door {
  /**
   * @param target the bottle's folder, absolute
   * @param act gets the socket's path for the length of this call
   * @throws {BottleError} `door-unusable`; what `act` throws
   */
  through<T>(target: string, act: (socket: string) => Promise<T>): Promise<T>;
}

/** The door in a folder that is made, for its owner only, when it is first used. @param uid whose it has to be */
export function createDoor(folder: string, uid: number | null, clock: Clock): Door {
  return {
    through: async (target, act) => {
      await claimFolder(folder, uid);
      using _lock = await lockDoor(folder, clock);
      const link = join(folder, "door");
      await lead(link, target).catch((error: unknown) => {
        throw asDoorError(error, folder);
      });
      try {
        return await act(doorSocket(folder));
      } finally {
        await removeIfThere(link);
      }
    },
  };
}

/** Everybody may write to `/tmp`: what somebody else has put there must not lead us anywhere. */
async function claimFolder(folder: string, uid: number | null): Promise<void> {
  try {
    await Deno.mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw asDoorError(error, folder);
  }
  const found = await Deno.lstat(folder);
  const isOurs = found.isDirectory && found.uid === uid && ((found.mode ?? 0) & 0o077) === 0;
  if (isOurs) return;
  throw new BottleError(`The folder "${folder}" is not yours alone`, {
    code: "door-unusable",
    hint: "Remove it, or have its owner do so: keepers of bottles are reached through it",
  });
}

/** A disk that is full or takes no writes: the bottles go on without being reached. */
function asDoorError(cause: unknown, folder: string): BottleError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BottleError(`Cannot reach keepers by way of "${folder}": ${why}`, {
    code: "door-unusable",
    hint: "See to it that the folder can be written",
    cause,
  });
}

async function lockDoor(folder: string, clock: Clock): Promise<Disposable> {
  const file = join(folder, "lock");
  const handle = await openLock(file).catch((error: unknown) => {
    throw asDoorError(error, folder);
  });
  try {
    for (let waited = 0; !await handle.tryLock(true); waited += POLL_MS) {
      if (waited >= WAIT_MS) {
        throw new BottleError(`Another program holds "${file}"`, {
          code: "door-unusable",
          hint: "A bot-bottle program that was halted keeps others from the keepers: end it",
        });
      }
      await clock.sleep(POLL_MS);
    }
  } catch (error) {
    handle.close();
    throw error;
  }
  return {
    [Symbol.dispose]: (): void => {
      // At once, also where a program that is just being started has a copy of the open file.
      handle.unlockSync();
      handle.close();
    },
  };
}

async function openLock(file: string): Promise<Deno.FsFile> {
  return await Deno.open(file, { create: true, write: true, mode: 0o600 });
}

async function lead(link: string, target: string): Promise<void> {
  await removeIfThere(link);
  await Deno.symlink(target, link);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
