/** Attacks that show by what they did, not by whom they reached. */

import { deedSink, type Sink } from "../sinks.ts";
import type { Stage } from "../stage.ts";
import type { Attack } from "./attack.ts";

/** An attack whose sink is what was let happen: each deed is something seen. */
export function byDeeds(
  { deeds, ...attack }: Omit<Attack, "open" | "run"> & {
    readonly deeds: (stage: Stage) => Promise<readonly string[]>;
  },
): Attack {
  const done = new WeakMap<Sink, string[]>();
  return {
    ...attack,
    open: () => {
      const list: string[] = [];
      const sink = deedSink(list);
      done.set(sink, list);
      return Promise.resolve(sink);
    },
    run: async (stage, sink) => void done.get(sink)?.push(...await deeds(stage)),
  };
}

/** The lines of a text that hold something. */
export function linesOf(stdout: string): readonly string[] {
  return stdout.split("\n").filter((line) => line !== "");
}
