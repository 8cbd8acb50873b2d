/** The tables of docs/benchmarks.md. */

import type { ContestantName } from "./contestant.ts";
import { type BoundFigure, isMet } from "./figures.ts";
import type { Measure } from "./measures.ts";
import { describeSpread, UNITS } from "./report.ts";
import type { Results } from "./results.ts";

/** The bounds, and below them a line for each figure with a column for each contestant. */
export function markdownReport(
  figures: readonly BoundFigure[],
  results: Results,
  measured: readonly Pick<Measure, "key" | "title" | "shown">[],
  names: readonly ContestantName[],
): string {
  const bounds = figures.map((figure) => {
    const { key, value, bound, aim } = figure;
    const aimed = aim === undefined ? "" : `, aim ${aim}`;
    const met = isMet(figure);
    return [
      `\`${key}\``,
      describeSpread(value),
      `${bound.kind} ${bound.value}${aimed}`,
      met === undefined ? "" : met ? "yes" : "**no**",
    ];
  });
  const rows = measured.flatMap(({ key, title, shown }) =>
    shown.map((figure) => [
      `${title}: ${UNITS[figure] ?? figure}`,
      ...names.map((name) => describeSpread(results.spread(key, name, figure))),
    ])
  );
  return [
    markdownTable(["figure", "value", "bound", "met"], bounds),
    markdownTable(["", ...names], rows),
  ].join("\n\n");
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
