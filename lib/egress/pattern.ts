/** Regular expressions of a person's: RE2's, so that no pattern and no request can stall the proxy. */

import { RE2 } from "../deps/re2.ts";

/** Whether a whole text fits. */
export type Pattern = (text: string) => boolean;

/** Characters of a pattern. */
export const MAX_PATTERN = 1_024;
/** Instructions of its program: what a match costs for each character at worst. */
const MAX_PROGRAM = 2_000;

/**
 * Compiles a pattern; the whole text has to fit it, as if it stood between `^` and `$`.
 *
 * @throws {Error} whatever {@linkcode findPatternFault} says
 *
 * @example
 * ```ts
 * import { compilePattern } from "./pattern.ts";
 * const fits = compilePattern("/repos/[^/]+/issues(/[0-9]+)?");
 * if (!fits("/repos/widget/issues/7") || fits("/repos/widget/issues/7/lock")) throw new Error("not whole");
 * ```
 */
export function compilePattern(pattern: string): Pattern {
  const compiled = RE2.compile(pattern);
  return (text) => compiled.testExact(text);
}

/** Why a text is no pattern, or one that is too big; undefined if it can be compiled. */
export function findPatternFault(pattern: string): string | undefined {
  if (pattern === "") return "an expression is not empty";
  if (pattern.length > MAX_PATTERN) return `an expression has at most ${MAX_PATTERN} characters`;
  try {
    const size = RE2.compile(pattern).programSize();
    return size > MAX_PROGRAM
      ? `it comes to ${size} instructions, and ${MAX_PROGRAM} is the most`
      : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : "it can't be compiled";
  }
}
