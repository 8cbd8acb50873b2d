/** The gate's own copy of an upstream, as the rest of the gate sees it. */

import type { GateRepo } from "../../lib/git_gate/config.ts";
import type { GitOptions, GitResult, GitStream } from "./git.ts";

/** A bare repository in the mirrors' volume. Whoever writes to its refs does so within {@linkcode Mirror.exclusive}. */
export interface Mirror {
  /** As it is declared. */
  readonly repo: GateRepo;
  /** Absolute. It is there once {@linkcode Mirror.refresh} has resolved. */
  readonly folder: string;
  /**
   * Runs git in it to its end, in the gate's closed environment. Never throws for a non-zero exit.
   *
   * @throws {BottleError} `timeout`; the signal's reason
   */
  git(args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** Starts git in it, and hands over its stdout as it comes. */
  gitStream(args: readonly string[], options?: GitOptions): GitStream;
  /**
   * Makes it as the upstream is now: heads, tags, HEAD. Those who ask at once share one. What it says was so after it was
   * asked.
   *
   * @param signal stops waiting; the refresh ends only when nobody waits for it any more
   * @throws {UpstreamFailure} the upstream could not be asked, or the mirror not be written
   */
  refresh(signal: AbortSignal): Promise<void>;
  /**
   * Does this while nobody else writes to the mirror.
   *
   * @param signal stops waiting for the turn; work that has begun goes on
   */
  exclusive<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Full name of the branch that HEAD names; undefined: HEAD is detached, or there is no mirror yet. */
  headBranch(): Promise<string | undefined>;
}

/** The name that every mirror knows its upstream by: `git push upstream …` with `reach: "upstream"`. */
export const UPSTREAM = "upstream";
