/** Keepers without processes: each holds its bottle's real lock, and answers from memory. */

import type { Keepers } from "../../cli/keeper/keepers.ts";
import { keeperAnswers, type KeeperMethods, type KeeperStatus } from "../../cli/keeper/protocol.ts";
import type { WaitingKeeper } from "../../cli/keeper/start.ts";
import { BottleError } from "../../lib/errors.ts";
import { type Slug, VERSION } from "../../lib/names.ts";
import type { StateStore } from "../../lib/state/store.ts";

interface FakeKeeper {
  readonly environment: Readonly<Record<string, string>>;
  readonly lock: Disposable;
}

/** Those of one home. Disposal ends them all. */
export class FakeKeepers implements Keepers, Disposable {
  /** By the bottle's name; a test ends one as a kill does by `kill`. */
  readonly alive = new Map<Slug, FakeKeeper>();
  /** What was asked of whom. */
  readonly asked: string[] = [];
  /** No process can be started. */
  isBroken = false;
  readonly #states: StateStore;

  constructor(states: StateStore) {
    this.#states = states;
  }

  ask<M extends keyof KeeperMethods>(
    slug: Slug,
    method: M,
  ): Promise<KeeperMethods[M] | undefined> {
    const keeper = this.alive.get(slug);
    if (keeper === undefined) return Promise.resolve(undefined);
    this.asked.push(`${method} ${slug}`);
    const status: KeeperStatus = {
      pid: 4711,
      since: "2026-01-02T03:04:05.678Z",
      slug,
      version: VERSION,
      stream: "up",
    };
    if (method === "release") this.kill(slug);
    const words = { status, environment: Object.entries(keeper.environment), release: null };
    return Promise.resolve(keeperAnswers[method](words[method]));
  }

  start(slug: Slug): WaitingKeeper {
    return {
      keep: async (environment) => {
        if (this.isBroken) throw new BottleError("No keeper", { code: "keeper-failed" });
        this.alive.set(slug, { environment, lock: await this.#states.lock(slug) });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  kill(slug: Slug): void {
    this.alive.get(slug)?.lock[Symbol.dispose]();
    this.alive.delete(slug);
  }

  [Symbol.dispose](): void {
    for (const slug of [...this.alive.keys()]) this.kill(slug);
  }
}
