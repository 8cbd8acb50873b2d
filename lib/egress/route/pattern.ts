/** Expressions that a person writes: RE2's, so that no expression and no request can stall the proxy. */

import { RE2 } from "../../deps/re2.ts";

/** Whether a whole text fits. */
export type Pattern = (text: string) => boolean;

/** Characters of an expression. */
const MAX_EXPRESSION = 1_024;
/** Instructions of its program, which bound what a character costs. */
const MAX_PROGRAM = 500;
/** Characters that one is matched with; a longer text fits none. With the bound above some 50 ms at worst. */
const MAX_TEXT = 8_192;

/**
 * Compiles an expression that {@linkcode findPatternFault} finds no fault with. The whole text has to fit it, as if it
 * stood between `^` and `$`.
 *
 * @throws {Error} for one with a fault
 *
 * @example
 * ```ts
 * import { compilePattern } from "./pattern.ts";
 * const fits = compilePattern("/repos/[^/]+/issues(/[0-9]+)?");
 * if (!fits("/repos/widget/issues/7") || fits("/repos/widget/issues/7/lock")) throw new Error("not whole");
 * ```
 */
export function compilePattern(expression: string): Pattern {
  const compiled = RE2.compile(expression);
  return (text) => text.length <= MAX_TEXT && compiled.testExact(text);
}

/** Why a text is no expression, or one that is too big; undefined if it can be compiled. */
export function findPatternFault(expression: string): string | undefined {
  if (expression === "") return "an expression is not empty";
  if (expression.length > MAX_EXPRESSION) {
    return `an expression has at most ${MAX_EXPRESSION} characters`;
  }
  if (!/^[ -~]*$/.test(expression)) return "an expression holds visible ASCII and spaces only";
  try {
    const size = RE2.compile(expression).programSize();
    return size > MAX_PROGRAM
      ? `it comes to ${size} instructions of RE2, and ${MAX_PROGRAM} are the most`
      : undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    return `RE2 does not take it: ${why.replace("error parsing regexp: ", "")}`;
  }
}
