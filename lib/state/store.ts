/** The folder `state/` of a home: a folder a bottle, with its `state.json` and its lock. */

import { join } from "node:path";
import { BottleError } from "../errors.ts";
import { isSlug, type Slug } from "../names.ts";
import { writeFileAtomically } from "./atomic_file.ts";
import { lockBottle, lockForChange } from "./lock.ts";
import { removeIfThere } from "./scraps.ts";
import { asWriteFailure } from "./write_failure.ts";
import { type BottleState, corrupted, formatState, parseState } from "./state.ts";

/** A state that can't be read: said, skipped, and removed by `cleanup`. */
export interface CorruptedState {
  /** The folder's name: the slug, if nobody renamed it. */
  readonly name: string;
  readonly file: string;
  readonly why: string;
}

/** All that a home remembers of its bottles. */
export interface KnownStates {
  readonly states: readonly BottleState[];
  readonly corrupted: readonly CorruptedState[];
}

const CHANGE_LOCK = "change.lock";
const ROUTES_LOCK = "routes.lock";
/** Before a folder that is being removed. No bottle's name begins so. */
const REMOVED = ".removed-";

/** Fields that a command may change. */
export type StateChange = Partial<Omit<BottleState, "slug" | "schema">>;

/** The states of one home. Reads and writes only below its `state/`. */
export class StateStore {
  readonly #root: string;

  /** @param home absolute; need not exist yet */
  constructor(home: string) {
    this.#root = join(home, "state");
  }

  /** Writes a new bottle's state, or nothing. @throws {BottleError} `bottle-exists`, `disk-full`, `not-writable` */
  async create(state: BottleState): Promise<void> {
    const folder = join(this.#root, state.slug);
    try {
      await Deno.mkdir(this.#root, { recursive: true, mode: 0o700 });
      await Deno.mkdir(folder, { mode: 0o700 });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) throw exists(state.slug);
      throw asWriteFailure(error, folder);
    }
    try {
      await writeFileAtomically(this.#file(state.slug), formatState(state));
    } catch (error) {
      await this.remove(state.slug);
      throw error;
    }
  }

  /** @throws {BottleError} `bottle-unknown`, `state-corrupted` */
  async read(slug: Slug): Promise<BottleState> {
    return await this.#readFolder(slug);
  }

  /** Whether a bottle is remembered, readable or not. */
  async has(slug: Slug): Promise<boolean> {
    return (await folderNames(this.#root)).includes(slug);
  }

  /** Whether somebody has the bottle's lock: another command that is changing it, or its keeper. */
  async isLocked(slug: Slug): Promise<boolean> {
    try {
      using _lock = await this.lock(slug);
      return false;
    } catch (error) {
      if (error instanceof BottleError) return error.code === "bottle-busy";
      throw error;
    }
  }

  /**
   * Replaces some fields. Two commands that change different ones at once both have their way; the bottle's lock is not
   * needed. @throws {BottleError} as `read` does
   */
  async update(
    slug: Slug,
    change: StateChange | ((state: BottleState) => StateChange),
  ): Promise<BottleState> {
    using _lock = await this.#locked(slug, (file) => lockForChange(slug, file), CHANGE_LOCK);
    const state = await this.read(slug);
    const changed = { ...state, ...typeof change === "function" ? change(state) : change };
    await writeFileAtomically(this.#file(slug), formatState(changed));
    return changed;
  }

  /**
   * Forgets a bottle, or a corrupted state by its folder's name. Not there: fine. It goes in one step, so that a change
   * which comes at the same time finds it or doesn't.
   */
  async remove(name: string): Promise<void> {
    const gone = join(this.#root, `${REMOVED}${crypto.randomUUID()}`);
    try {
      using _lock = await lockForChange(name, join(this.#root, name, CHANGE_LOCK));
      await Deno.rename(join(this.#root, name), gone);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    // Another removal's sweep may be quicker.
    await removeIfThere([gone]);
    await this.#sweep();
  }

  /** What a removal that was broken off has left. */
  async #sweep(): Promise<void> {
    for (const { name } of await Array.fromAsync(Deno.readDir(this.#root))) {
      if (!name.startsWith(REMOVED)) continue;
      // Its own remover may be at it.
      await Deno.remove(join(this.#root, name), { recursive: true }).catch(() => undefined);
    }
  }

  /** Everything in the home, by name; what can't be read is told apart, never thrown. */
  async all(): Promise<KnownStates> {
    const states: BottleState[] = [];
    const broken: CorruptedState[] = [];
    for (const name of await folderNames(this.#root)) {
      try {
        states.push(await this.#readFolder(name));
      } catch (error) {
        if (!(error instanceof BottleError)) throw error;
        // Another command may have removed it since it was listed.
        if (error.code === "bottle-unknown" && !await this.has(name)) continue;
        broken.push({ name, file: this.#file(name), why: whyBroken(error) });
      }
    }
    return { states, corrupted: broken };
  }

  /** @throws {BottleError} `bottle-busy`, `bottle-unknown` */
  async lock(slug: Slug): Promise<Disposable> {
    return await this.#locked(slug, (file) => lockBottle(slug, file), "lock");
  }

  /**
   * Waits for the lock under which routes are changed and the change is remembered, so that the log has them in the order
   * in which they came into force. @throws {BottleError} `bottle-busy`, `bottle-unknown`
   */
  async lockRoutes(slug: Slug): Promise<Disposable> {
    return await this.#locked(slug, (file) => lockForChange(slug, file), ROUTES_LOCK);
  }

  async #locked(
    slug: Slug,
    take: (file: string) => Promise<Disposable>,
    name: string,
  ): Promise<Disposable> {
    try {
      return await take(join(this.#root, slug, name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw unknown(slug);
      throw error;
    }
  }

  #file(name: string): string {
    return join(this.#root, name, "state.json");
  }

  async #readFolder(name: string): Promise<BottleState> {
    const file = this.#file(name);
    const state = parseState(await readText(file, name), file);
    if (state.slug !== name) throw corrupted(file, `it is of "${state.slug}"`);
    return state;
  }
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw unknown(name);
    throw corrupted(file, error instanceof Error ? error.message : "it can't be read");
  }
}

/** A program that was killed at the very beginning of a launch leaves a folder with nothing in it. */
function whyBroken({ code, message }: BottleError): string {
  return code === "bottle-unknown" ? "its launch ended before it began" : message;
}

/** Folders of bottles: other things, as logs of builds, lie beside them. */
async function folderNames(root: string): Promise<Slug[]> {
  const names: Slug[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(root)) {
      if (isDirectory && isSlug(name)) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

function unknown(name: string): BottleError {
  return new BottleError(`No bottle "${name}" is remembered in this home`, {
    code: "bottle-unknown",
    hint: "`bot-bottle list` shows those there are",
  });
}

function exists(slug: Slug): BottleError {
  return new BottleError(`A bottle "${slug}" exists already`, {
    code: "bottle-exists",
    hint: `Start again for another name, or remove it with \`bot-bottle cleanup ${slug}\``,
  });
}
