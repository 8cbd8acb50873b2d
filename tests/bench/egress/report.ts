/** What a run prints for people. */

import { round, table } from "../start/stats.ts";
import type { Check } from "./checks.ts";
import type { Contestant, ContestantName } from "./contestant.ts";
import { type BoundFigure, isMet } from "./figures.ts";
import type { Measure } from "./measures.ts";
import type { Results, Spread } from "./results.ts";

/** What each figure of a measurement is called. */
export const UNITS: Readonly<Record<string, string>> = {
  per_second: "a second",
  p50_ms: "p50 ms",
  p99_ms: "p99 ms",
  most_ms: "most ms",
  megabytes_per_second: "MB/s",
  cpu_us: "CPU µs each",
  resident_mb: "MiB",
};

/** What each side had on, and whether it was seen to do it. */
export function describeContestants(
  contestants: readonly Contestant[],
  checks: ReadonlyMap<ContestantName, readonly Check[]>,
  versions: Readonly<Record<string, string>>,
): string {
  return contestants.map(({ name, on }) => {
    const version = versions[name];
    const seen = (checks.get(name) ?? []).map(({ what, holds, seen }) =>
      holds ? `  seen: ${what}` : `  NOT SEEN: ${what} (${seen.slice(0, 200)})`
    );
    return [
      version === undefined ? name : `${name} ${version}`,
      ...on.map((line) => `  ${line}`),
      ...seen,
    ].join("\n");
  }).join("\n\n");
}

/** A table a measurement: medians, and from the lowest to the highest round. */
export function describeResults(
  results: Results,
  all: readonly Pick<Measure, "key" | "title" | "shown">[],
  names: readonly ContestantName[],
): string {
  return all.map(({ key, title, shown }) => {
    const rows = names.flatMap((name) => {
      const spreads = shown.map((figure) => results.spread(key, name, figure));
      const [failure] = results.get(key, name).failures;
      if (spreads.every((spread) => spread === undefined)) {
        return failure === undefined ? [] : [[name, `failed: ${failure}`]];
      }
      return [[name, ...spreads.map(describeSpread)]];
    });
    return table([[title, ...shown.map((figure) => UNITS[figure] ?? figure)], ...rows]);
  }).join("\n\n");
}

/** Each figure with its bound. */
export function describeBounds(figures: readonly BoundFigure[]): string {
  return table([
    ["figure", "value", "bound", "aim", ""],
    ...figures.map((figure) => {
      const met = isMet(figure);
      return [
        figure.key,
        describeSpread(figure.value),
        `${figure.bound.kind} ${figure.bound.value}`,
        figure.aim ?? "",
        met === undefined ? "not measured" : met ? "met" : "NOT MET",
      ];
    }),
  ]);
}

/** A median, and from the lowest to the highest round. */
export function describeSpread(spread: Spread | undefined): string {
  if (spread === undefined) return "–";
  const [middle, low, high] = [spread.median, spread.low, spread.high].map(shorten);
  return low === high ? `${middle}` : `${middle} (${low}–${high})`;
}

/** Three digits that count. */
function shorten(value: number): number {
  const size = Math.abs(value);
  return round(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
