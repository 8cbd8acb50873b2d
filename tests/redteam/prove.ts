/** One control, on and off. */

import { setTimeout as delay } from "node:timers/promises";
import type { Attack } from "./attacks/attack.ts";
import { openStage, type Stage } from "./stage.ts";

const SETTLE_MS = 300;

/** What the sink saw. */
export interface Finding {
  readonly attack: Attack;
  readonly on: number;
  readonly off: number;
  /** Nothing with the control on, something with it off. */
  readonly ok: boolean;
  /** Why it could not be found out. */
  readonly problem?: string;
  readonly seconds: number;
}

/** Launches a stage for the attack alone, and leaves nothing of it. */
export async function proveControl(attack: Attack): Promise<Finding> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  try {
    const { on, off } = await onAndOff(attack);
    return { attack, on, off, ok: on === 0 && off > 0, seconds: seconds() };
  } catch (error) {
    const problem = wordsOf(error);
    return { attack, on: NaN, off: NaN, ok: false, problem, seconds: seconds() };
  }
}

async function onAndOff(attack: Attack): Promise<Pick<Finding, "on" | "off">> {
  await using stage = await openStage();
  const on = await sightings(attack, stage);
  await attack.switchOff(stage);
  const off = await sightings(attack, stage);
  return { on, off };
}

/** A failure of the attack's own comes before one of taking the stage down. */
function wordsOf(error: unknown): string {
  if (error instanceof SuppressedError) return wordsOf(error.suppressed);
  return error instanceof Error ? error.message : String(error);
}

/** How often the sink was reached while the attack ran. */
export async function sightings(attack: Attack, stage: Stage): Promise<number> {
  await using sink = await attack.open(stage);
  await attack.run(stage, sink);
  // What got through in the last moment is still on its way to the sink.
  await delay(SETTLE_MS);
  return await sink.seen();
}

/** A line a control. */
export function printTable(findings: readonly Finding[]): string[] {
  const rows = [
    ["control", "attack", "sink with it on", "sink with it off"],
    ...findings.map(({ attack, on, off }) => [
      attack.control,
      attack.name,
      shown(on),
      shown(off),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd());
}

function shown(count: number): string {
  return Number.isNaN(count) ? "?" : String(count);
}
