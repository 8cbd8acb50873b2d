/** Figures of several runs. */

/** The middle one; the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[half]];
  return (low + high) / 2;
}

/** Rounded to so many decimals. */
export function round(value: number, decimals = 2): number {
  return Number(value.toFixed(decimals));
}

/** Columns under a heading, numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map(String));
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => (row[column] ?? "").length))
  );
  return texts.map((row, at) =>
    row.map((text, column) => {
      const isNumber = typeof rows[Math.max(at, 1)]?.[column] === "number";
      return isNumber ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
    }).join("  ").trimEnd()
  ).join("\n");
}
