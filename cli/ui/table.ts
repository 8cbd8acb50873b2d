/** Columns of text. */

import { escapeControl } from "../../lib/egress/escape.ts";

/** One column. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: "right";
  /** Colours the cell once it has its width. */
  readonly tone?: (cell: string, row: Row) => string;
}

/**
 * Lines of a table, the titles first. Cells are escaped; the last column is cut where the line would pass `width`.
 *
 * @param width columns of the terminal; Infinity for a pipe
 */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  const cells = rows.map((row) => columns.map((column) => escapeControl(column.text(row))));
  const widths = columns.map((column, at) =>
    Math.max(column.title.length, ...cells.map((line) => line[at]?.length ?? 0))
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
  widths[last] = Math.max(8, Math.min(widths[last] ?? 0, width - before));

  const fit = (text: string, at: number): string => {
    const size = widths[at] ?? 0;
    const cut = text.length > size ? `${text.slice(0, size - 1)}…` : text;
    if (columns[at]?.align === "right") return cut.padStart(size);
    return at === last ? cut : cut.padEnd(size);
  };
  const head = columns.map((column, at) => fit(column.title, at)).join("  ").trimEnd();
  const body = rows.map((row, index) =>
    columns.map((column, at) => {
      const cell = fit(cells[index]?.[at] ?? "", at);
      return column.tone?.(cell, row) ?? cell;
    }).join("  ").trimEnd()
  );
  return [head, ...body];
}
