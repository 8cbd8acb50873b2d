/** Counts as people write them. */

const UNITS = { "": 1, k: 1_000, m: 1_000_000 } as const;

/**
 * The count of `500`, `50k`, `1m`: a whole number above zero, and k or m (1000ⁿ), either case. Undefined if it is none,
 * or too big to count exactly.
 *
 * @example
 * ```ts
 * import { parseCount } from "./count_size.ts";
 * if (parseCount("50k") !== 50_000 || parseCount("0") !== undefined) throw new Error();
 * ```
 */
export function parseCount(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,15})([km]?)$/i.exec(text);
  const unit = match?.[2]?.toLowerCase();
  if (unit !== "" && unit !== "k" && unit !== "m") return undefined;
  const count = Number(match?.[1]) * UNITS[unit];
  return Number.isSafeInteger(count) ? count : undefined;
}
