/** What a command is made of, and what it may use: the contract between `main`, the verbs and their tests. */

import type { Backend } from "../backends/backend.ts";
import type { CommandUnknownOpts } from "../lib/deps/commander.ts";
import type { Context } from "../lib/context.ts";
import type { StateStore } from "../lib/state/store.ts";
import type { Forge } from "./forge/forge.ts";
import type { Keepers } from "./keeper/keepers.ts";

/** The options that every verb has. */
export interface Settings {
  /** `--no-color` was given. */
  readonly noColor: boolean;
  /** Results and failures only. */
  readonly quiet: boolean;
  /** All output of builds, and stacks of bugs. */
  readonly verbose: boolean;
}

/** What an action works with. Tests hand in their own. */
export interface Services {
  readonly context: Context;
  readonly settings: Settings;
  readonly states: StateStore;
  /** The backend, made when it is first asked for. */
  backend(): Promise<Backend>;
  /** The keepers of this home's bottles. */
  readonly keepers: Keepers;
  /** Forges that repositories' deploy keys are at. */
  readonly forge: Forge;
  /** A line that the person types, without its end; null at the end of input. */
  readLine(signal: AbortSignal): Promise<string | null>;
  /** What stdin holds, up to its end or to so many bytes. */
  readInput(maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** What stdin holds, as it comes. */
  input(): ReadableStream<Uint8Array>;
  /** What a second Ctrl-C would leave behind, in words; kept up by whoever starts something. */
  readonly leftovers: Set<string>;
}

/** What a verb does: returns the exit code. */
export type Action = (services: Services) => Promise<number>;

/** Hands a parsed command line to `main`, which runs it. */
export type Act = (action: Action) => Promise<void>;

/** One line of `--help`, and the way to the rest. */
export interface Verb {
  readonly name: string;
  readonly arguments: string;
  readonly summary: string;
  /** Loads the verb's own file, which no other verb needs. */
  load(): Promise<{ readonly define: (act: Act) => CommandUnknownOpts }>;
}
