/** The real context: this process, this machine. */

import type { Context, Output } from "../lib/context.ts";
import { createHost } from "./library.ts";

/** What a context is made from. */
export interface ContextOptions {
  readonly env: (name: string) => string | undefined;
  readonly out: Output;
  readonly signal: AbortSignal;
}

/** @throws {BottleError} `home-unknown` when neither BOT_BOTTLE_HOME nor HOME is set */
export function createContext({ env, out, signal }: ContextOptions): Context {
  return { ...createHost({ env, signal }), out };
}
