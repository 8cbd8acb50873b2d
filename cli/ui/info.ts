/** What `info` prints besides a plan. */

import { describeDropped } from "../../lib/plan/limits.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { sizeText } from "../../lib/size_text.ts";
import type { EffectiveValue } from "../session/effective.ts";
import type { Held } from "../session/info.ts";
import { tableLines } from "./table.ts";

/** Each value and where it is written. Whole, also where the terminal is narrower: paths are for copying. */
export function effectiveLines(values: readonly EffectiveValue[]): readonly string[] {
  return tableLines(
    [
      { title: "KEY", text: (row) => row.key },
      { title: "VALUE", text: (row) => row.value },
      { title: "FROM", text: (row) => row.from },
    ],
    values,
    Infinity,
  );
}

/** What the engine holds a bottle to, and a line for each limit that it dropped. */
export function heldLines({ runtime, limits, dropped }: Held): readonly string[] {
  const { cpus, memoryBytes, pids } = limits;
  const parts = [
    `runtime ${runtime === "" ? "unknown" : escapeControl(runtime)}`,
    cpus === 0 ? "no limit of CPUs" : `${cpus} CPUs`,
    memoryBytes === 0 ? "no limit of memory" : sizeText(memoryBytes),
    pids === null || pids <= 0 ? "no limit of processes" : `${pids} processes`,
  ];
  return [
    `  In force    ${parts.join(", ")}`,
    ...dropped.map((limit) => `! ${describeDropped(limit)}`),
  ];
}
