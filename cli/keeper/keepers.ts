/** The keepers of a home's bottles, as the verbs see them. Tests hand in their own. */

import type { Context } from "../../lib/context.ts";
import type { Slug } from "../../lib/names.ts";
import { askKeeper } from "./client.ts";
import { createDoor, doorFolder } from "./door.ts";
import type { ProgramForm } from "./program_argv.ts";
import type { KeeperMethods } from "./protocol.ts";
import { startKeeper, type WaitingKeeper } from "./start.ts";

/** Asks them, and starts them. */
export interface Keepers {
  /** Undefined: the bottle has no keeper that answers. @throws {BottleError} `door-unusable` */
  ask<M extends keyof KeeperMethods>(
    slug: Slug,
    method: M,
    signal?: AbortSignal,
  ): Promise<KeeperMethods[M] | undefined>;
  /** Starts a keeper's process, which does nothing before it is told to keep. */
  start(slug: Slug): WaitingKeeper;
}

/** Nobody: for bottles that end with the program that started them. */
export const noKeepers: Keepers = {
  ask: () => Promise.resolve(undefined),
  start: () => ({ keep: () => Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() }),
};

/** Those of the context's home. Starts nothing. */
export function createKeepers(context: Context, form: ProgramForm): Keepers {
  const { home, env, clock } = context;
  const door = createDoor(doorFolder(form.uid), form.uid, clock);
  return {
    ask: (slug, method, signal) => askKeeper({ door, home }, slug, method, signal),
    start: (slug) => startKeeper({ form, env, home }, slug),
  };
}
