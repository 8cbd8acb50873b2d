/** The real context: this process, this machine. */

import { join, resolve } from "node:path";
import type { Context, Output } from "../lib/context.ts";
import { BottleError } from "../lib/errors.ts";
import { createRun } from "../lib/process/create_run.ts";
import { createClock } from "./clock.ts";

/** What a context is made from. */
export interface ContextOptions {
  readonly env: (name: string) => string | undefined;
  readonly out: Output;
  readonly signal: AbortSignal;
}

/** @throws {BottleError} `home-unknown` when neither BOT_BOTTLE_HOME nor HOME is set */
export function createContext(options: ContextOptions): Context {
  const cwd = Deno.cwd();
  return {
    env: options.env,
    clock: createClock(),
    run: createRun(),
    out: options.out,
    signal: options.signal,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    cwd,
    home: resolve(cwd, findHome(options.env)),
  };
}

function findHome(env: (name: string) => string | undefined): string {
  const own = env("BOT_BOTTLE_HOME");
  if (own !== undefined && own !== "") return own;
  const home = env("HOME") ?? env("USERPROFILE");
  if (home !== undefined && home !== "") return join(home, ".bot-bottle");
  throw new BottleError("Cannot tell where the home is: neither BOT_BOTTLE_HOME nor HOME is set", {
    code: "home-unknown",
    hint: "Set BOT_BOTTLE_HOME to a folder of yours",
  });
}
