/** The figures of a run, for people and for programs. */

import { median, round, table } from "../start/stats.ts";
import type { Together } from "../../support/git/push_together.ts";
import type { CloneTimes } from "./clones.ts";
import type { PushTimes } from "./pushes.ts";
import type { ScanTimes } from "./scans.ts";

/** What was measured; what was not asked for is not there. */
export interface Measured {
  readonly clone?: CloneTimes;
  readonly push?: PushTimes;
  readonly scan?: ScanTimes;
  readonly agents?: Together & { readonly agents: number };
}

/** Where it was measured. */
export interface Surroundings {
  readonly machine: string;
  /** Of each side: what it is, and what it had on. */
  readonly sides: Readonly<Record<string, string>>;
}

/** Most that each ratio may be. */
export const BOUNDS = {
  clone_ratio_ssh: 1.3,
  cold_clone_ratio_ssh: 2.3,
  push_ratio_ssh: 2.5,
} as const;

/** A figure's name and its value. */
export type Figures = Readonly<Record<string, number>>;

/** The figures. Ratios are of medians; times in milliseconds. */
export function figuresOf({ clone, push, scan, agents }: Measured): Figures {
  return {
    ...(clone === undefined ? {} : {
      clone_ratio_ssh: round(median(clone.warm) / median(clone.ssh)),
      cold_clone_ratio_ssh: round(median(clone.cold) / median(clone.ssh)),
      ssh_clone_ms: round(median(clone.ssh), 0),
      clone_ms: round(median(clone.warm), 0),
      cold_clone_ms: round(median(clone.cold), 0),
    }),
    ...(push === undefined ? {} : {
      push_ratio_ssh: round(median(push.gate) / median(push.ssh)),
      ssh_push_ms: round(median(push.ssh), 0),
      push_ms: round(median(push.gate), 0),
    }),
    ...(scan === undefined ? {} : {
      scan_ms_per_mb: round(
        (median(scan.scanned) - median(scan.unscanned)) / scan.mebibytes,
        0,
      ),
      scanned_push_mb: round(scan.mebibytes, 1),
      scanned_push_ms: round(median(scan.scanned), 0),
      unscanned_push_ms: round(median(scan.unscanned), 0),
    }),
    ...(agents === undefined ? {} : {
      agents: agents.agents,
      agents_right: agents.faults.length === 0 ? 1 : 0,
      agents_ms: round(agents.ms, 0),
    }),
  };
}

/** Ratios above their bounds. */
export function overBounds(figures: Figures): readonly string[] {
  return Object.entries(BOUNDS).flatMap(([name, bound]) => {
    const value = figures[name];
    return value === undefined || value <= bound ? [] : [`${name} is ${value}, more than ${bound}`];
  });
}

/** For people. */
export function textReport(figures: Figures, surroundings: Surroundings): string {
  const bounds: Figures = BOUNDS;
  const rows = Object.entries(figures).map(([name, value]) =>
    [name, value, bounds[name] === undefined ? "" : `at most ${bounds[name]}`] as const
  );
  return [
    surroundings.machine,
    ...Object.entries(surroundings.sides).map(([side, text]) => `${side}: ${text}`),
    "",
    table([["figure", "value", "bound"], ...rows]),
  ].join("\n");
}

/** For programs. */
export function jsonReport(figures: Figures, surroundings: Surroundings): string {
  return JSON.stringify({ ...figures, ...surroundings });
}
