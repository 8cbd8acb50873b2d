/** A mirror: a bare repository on the mirrors' volume, that git alone reads and writes. */

import { BottleError } from "../../lib/errors.ts";
import type { GateRepo } from "../../lib/git_gate/config.ts";
import { type Head, parseHeadFile } from "../../lib/git_gate/ref_list.ts";
import { upstreamFailure } from "../../lib/git_gate/upstream_failure.ts";
import type { GitOptions, GitResult, GitRunner, GitStream } from "./git.ts";
import type { Mirror } from "./mirror.ts";
import type { Places } from "./places.ts";
import { refreshMirror } from "./refresh.ts";
import { SharedRun } from "./shared_run.ts";
import { tidyPacks } from "./tidy_packs.ts";
import { WriterLock } from "./writer_lock.ts";

/** Requests that come together within this share a refresh. */
const GATHER_MS = 5;

/** What git says of a store in which something is missing or torn. An upstream's own words begin with `remote:`. */
const BROKEN =
  /^(?:fatal|error): .*(?:bad object|bad tree|corrupt|unable to read|cannot be accessed|does not match index|missing (?:blob|tree|commit|object)|inflate|pack-objects died|not a git repository)/mi;

/** Options of {@linkcode BareMirror}. */
export interface BareMirrorOptions {
  readonly repo: GateRepo;
  /** Absolute; its folder is there. */
  readonly folder: string;
  readonly runner: GitRunner;
  /** Bounds how many mirrors are refreshed at once. */
  readonly refreshes: Places;
  /** Milliseconds since some time; default `performance.now`. */
  readonly now?: () => number;
}

/** The mirror of one declared repository. */
export class BareMirror implements Mirror {
  readonly repo: GateRepo;
  readonly folder: string;
  readonly runner: GitRunner;
  readonly #lock = new WriterLock();
  readonly #refresh: SharedRun;
  readonly #now: () => number;
  #refreshedAt: number | undefined;
  #packBytes: number | undefined;
  #isBroken = false;

  constructor(options: BareMirrorOptions) {
    const { repo, folder, runner, refreshes, now = () => performance.now() } = options;
    this.repo = repo;
    this.folder = folder;
    this.runner = runner;
    this.#now = now;
    this.#refresh = new SharedRun(async (signal) => {
      const giveBack = await refreshes.take(signal);
      const begun = this.#now();
      try {
        await this.#refreshNow(signal);
      } finally {
        giveBack();
      }
      this.#refreshedAt = begun;
      this.#isBroken = false;
    }, GATHER_MS);
  }

  /** Whether it has been as the upstream was since the daemon's start. */
  get isRefreshed(): boolean {
    return this.#refreshedAt !== undefined && !this.#isBroken;
  }

  /** Whether it was as the upstream is less than so many milliseconds ago. */
  isRefreshedWithin(limitMs: number): boolean {
    return this.isRefreshed && this.#now() - (this.#refreshedAt ?? -Infinity) < limitMs;
  }

  /** Whether it has to be made anew. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** A git could not read it, by its own words: nothing in it is synced to disk, and a machine may have lost power. */
  suspect(stderr: string): void {
    if (BROKEN.test(stderr)) this.#isBroken = true;
  }

  git(args: readonly string[], options?: GitOptions): Promise<GitResult> {
    return this.runner.run([`--git-dir=${this.folder}`, ...args], options);
  }

  gitStream(args: readonly string[], options?: GitOptions): GitStream {
    return this.runner.stream([`--git-dir=${this.folder}`, ...args], options);
  }

  refresh(signal: AbortSignal): Promise<void> {
    return this.#refresh.join(signal);
  }

  exclusive<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#lock.exclusive(work, signal);
  }

  /** Files that can't be written fail as a git does that can't write them. */
  async #refreshNow(signal: AbortSignal): Promise<void> {
    try {
      await refreshMirror(this, signal);
      this.#packBytes = await tidyPacks(this, { before: this.#packBytes, signal });
    } catch (error) {
      if (error instanceof BottleError || signal.aborted || !(error instanceof Error)) throw error;
      const { name: repo, upstream } = this.repo;
      throw upstreamFailure({ repo, upstream, stderr: error.message });
    }
  }

  async headBranch(): Promise<string | undefined> {
    const head = await this.head();
    return head?.kind === "branch" ? head.name : undefined;
  }

  /** Undefined: there is no mirror yet, or it is broken. */
  async head(): Promise<Head | undefined> {
    try {
      return parseHeadFile(await Deno.readTextFile(`${this.folder}/HEAD`));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
}
