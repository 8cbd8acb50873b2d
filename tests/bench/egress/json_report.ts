/** What a run prints for programs. */

import { round } from "../start/stats.ts";
import type { Contestant } from "./contestant.ts";
import { type BoundFigure, isMet } from "./figures.ts";
import type { Results } from "./results.ts";

/** The bound figures by their keys (null: not measured), whether each is met, and all that they are made of. */
export function jsonReport(
  figures: readonly BoundFigure[],
  results: Results,
  contestants: readonly Contestant[],
  versions: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return {
    ...Object.fromEntries(
      figures.map(({ key, value }) => [key, value === undefined ? null : round(value.median, 3)]),
    ),
    met: Object.fromEntries(figures.map((figure) => [figure.key, isMet(figure) ?? null])),
    contestants: Object.fromEntries(
      contestants.map(({ name, on }) => [name, { version: versions[name] ?? null, on }]),
    ),
    raw: results.raw(),
  };
}
