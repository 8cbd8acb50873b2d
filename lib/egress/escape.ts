/** Text from the outside, made safe to show. */

/**
 * C0, DEL and C1 (terminal sequences), the Unicode categories Cf and Zl, Zp (bidi marks, zero-width characters,
 * line separators), and lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Replaces what a terminal or a reader could be tricked by: `\x1b`, `\u202e`, `\u{e0001}`.
 *
 * @example
 * ```ts
 * import { escapeControl } from "./escape.ts";
 * if (escapeControl("a\x1b]8;;b") !== "a\\x1b]8;;b") throw new Error("not escaped");
 * ```
 */
export function escapeControl(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code > 0xffff) return `\\u{${hex}}`;
    return code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`;
  });
}
