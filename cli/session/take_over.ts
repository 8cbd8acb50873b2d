/** Taking a bottle from its keeper, and giving it back when what it was taken for came to nothing. */

import { BottleError } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { KeeperSeed } from "../keeper/protocol.ts";
import { leaveKeeper } from "./leave_keeper.ts";
import { takeBottle, type TakeOptions, type TakeServices } from "./take.ts";

/** A bottle's lock. Disposal lets go of it; a bottle that had a keeper, and isn't settled by then, gets another. */
export interface TakenBottle extends AsyncDisposable {
  /** It has stopped, is gone, or gets a keeper otherwise. */
  settle(): void;
}

/**
 * Takes a bottle's lock as {@linkcode takeBottle} does. A keeper whose bottle turns out not to run ends by itself, so that it may be
 * started whenever that is not sure.
 *
 * @throws {BottleError} `bottle-busy`, `bottle-unknown`, `door-unusable`
 */
export async function takeOver(
  services: TakeServices,
  slug: Slug,
  options: TakeOptions = {},
): Promise<TakenBottle> {
  const environment = await keptEnvironment(services, slug, options.signal);
  const lock = await takeBottle(services, slug, options);
  let isSettled = environment === undefined;
  return {
    settle: () => void (isSettled = true),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      lock[Symbol.dispose]();
      if (isSettled || environment === undefined) return;
      await leaveKeeper(services, services.keepers.start(slug), environment);
    },
  };
}

/**
 * The variables that a bottle's keeper has. Undefined where none can be reached, for whatever reason: who needs its lock is told, who only
 * enters the bottle gets on without.
 */
export async function keptEnvironment(
  { keepers }: Pick<TakeServices, "keepers">,
  slug: Slug,
  signal?: AbortSignal,
): Promise<KeeperSeed["environment"] | undefined> {
  try {
    return await keepers.ask(slug, "environment", signal);
  } catch (error) {
    if (error instanceof BottleError && error.code === "door-unusable") return undefined;
    throw error;
  }
}
