/** Sizes for people. */

const UNITS = [["TiB", 1024 ** 4], ["GiB", 1024 ** 3], ["MiB", 1024 ** 2], ["KiB", 1024]] as const;

/**
 * Bytes in their biggest unit, one decimal below ten: `1.5 GiB`, `512 MiB`, `0 B`.
 *
 * @example
 * ```ts
 * import { sizeText } from "./size_text.ts";
 * if (sizeText(1536 * 1024 ** 2) !== "1.5 GiB") throw new Error();
 * ```
 */
export function sizeText(bytes: number): string {
  for (const [unit, size] of UNITS) {
    if (bytes < size) continue;
    const count = bytes / size;
    const text = count < 10 ? count.toFixed(1).replace(/\.0$/, "") : count.toFixed(0);
    return `${text} ${unit}`;
  }
  return `${Math.max(0, Math.round(bytes))} B`;
}
