/** Sizes as people write them. */

const UNITS = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/**
 * Bytes of `512m`, `4g`: a whole number and k, m or g (1024ⁿ), either case. Undefined if it is none, or too big to
 * count exactly.
 *
 * @example
 * ```ts
 * import { parseByteSize } from "./byte_size.ts";
 * if (parseByteSize("4g") !== 4_294_967_296) throw new Error();
 * ```
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,15})([kmg])$/i.exec(text);
  const unit = match?.[2]?.toLowerCase();
  if (unit !== "k" && unit !== "m" && unit !== "g") return undefined;
  const bytes = Number(match?.[1]) * UNITS[unit];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
