/** Programs of `helper/` in containers: in the place of what an attack is after, or of a control that is off. */

import type { Run } from "../../lib/process/run.ts";
import { startDenoContainer } from "../support/deno_container.ts";
import { makeMarker, type Sink } from "./sinks.ts";

/** Where a helper is and what it is told. */
export interface Helper {
  readonly run: Run;
  /** `docker create` flags: the network, its address there, its names. */
  readonly flags: readonly string[];
  /** `listen.ts` or `relay_dns.ts`. */
  readonly program: "listen" | "relay_dns";
  readonly args: readonly string[];
}

/** A running helper, and what it printed. */
export interface RunningHelper extends AsyncDisposable {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Starts one; resolves when it listens. */
export async function startHelper({ run, flags, program, args }: Helper): Promise<RunningHelper> {
  const name = `bot-bottle-redteam-${crypto.randomUUID().slice(0, 8)}`;
  const lines: string[] = [];
  const listening = Promise.withResolvers<void>();
  const container = await startDenoContainer({
    run,
    name,
    folders: ["tests/redteam/helper"],
    entry: `tests/redteam/helper/${program}.ts`,
    args,
    flags: ["--label", "bot-bottle.role=redteam", ...flags],
    onLine: (line) => {
      if (line === "listening") listening.resolve();
      else lines.push(line);
    },
  });
  const early = container.ended.then(({ stderr }) => {
    listening.reject(new Error(`the helper ended: ${stderr}`));
  });
  try {
    await listening.promise;
  } catch (error) {
    await container[Symbol.asyncDispose]();
    await early;
    throw error;
  }
  return {
    name,
    lines,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await container[Symbol.asyncDispose]();
      await early;
    },
  };
}

/** Counts what a helper has seen of the marker. */
export function helperSink(helper: RunningHelper, port: number): Sink {
  const marker = makeMarker();
  return {
    seen: () => helper.lines.filter((line) => line.includes(marker)).length,
    port,
    marker,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
