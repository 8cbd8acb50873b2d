/** The right to change a bottle: its lock, which a bottle that runs has its keeper hold. */

import { BottleError } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { Services } from "../command.ts";

/** The part of the services that is used. */
export type TakeServices = Pick<Services, "states" | "keepers" | "context">;

/** A lock is found taken for a moment by who only looks, and by a keeper that does not listen yet: asked for again so long. */
const MOMENT_MS = 500;
/** How long a keeper may take to end after it let go, in milliseconds. */
const RELEASE_MS = 10_000;
const POLL_MS = 50;

/** Options of {@linkcode takeBottle}. */
export interface TakeOptions {
  /** How long another command may go on with the bottle before this gives up, in milliseconds; default not at all. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes a bottle's lock; its keeper, if it has one, lets go of it and ends. The bottle runs on meanwhile.
 *
 * @throws {BottleError} `bottle-busy`, `bottle-unknown`, `door-unusable`
 */
export async function takeBottle(
  { states, keepers, context: { clock } }: TakeServices,
  slug: Slug,
  options: TakeOptions = {},
): Promise<Disposable> {
  const { signal } = options;
  let patience = Math.max(options.patienceMs ?? 0, MOMENT_MS);
  for (let waited = 0;; waited += POLL_MS) {
    try {
      return await states.lock(slug);
    } catch (error) {
      if (!(error instanceof BottleError) || error.code !== "bottle-busy") throw error;
      // Another command may be quicker than we once it has let go: then the bottle is busy all the same.
      const released = await keepers.ask(slug, "release", signal);
      if (released !== undefined) patience = Math.max(patience, waited + RELEASE_MS);
      else if (waited >= patience) throw error;
      await clock.sleep(POLL_MS, signal);
    }
  }
}

/** The same; undefined: the bottle is gone. @throws {BottleError} `bottle-busy`, `door-unusable` */
export async function takeIfThere(
  services: TakeServices,
  slug: Slug,
  options: TakeOptions = {},
): Promise<Disposable | undefined> {
  try {
    return await takeBottle(services, slug, options);
  } catch (error) {
    if (error instanceof BottleError && error.code === "bottle-unknown") return undefined;
    throw error;
  }
}

/** Whether another command is changing the bottle: a lock that its keeper holds keeps nobody out. */
export async function isBusy(services: TakeServices, slug: Slug): Promise<boolean> {
  const { states, keepers, context: { clock, signal } } = services;
  for (let waited = 0; waited <= MOMENT_MS; waited += POLL_MS) {
    if (!await states.isLocked(slug)) return false;
    if (await keepers.ask(slug, "status", signal) !== undefined) return false;
    await clock.sleep(POLL_MS, signal);
  }
  return true;
}
