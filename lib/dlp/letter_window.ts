/** Letters and digits as a scan for prints sees them, a few at a time. */

/** Letters of a window. Their codes fill 30 bits. */
const WINDOW = 5;
/** A spelling with fewer letters and digits would be found in ordinary text. */
export const MIN_LETTERS = 6;

/** Bits of a window's hash: so little is told of its letters, and so many windows of other text are passed over. */
export const WINDOW_BITS = 24;

/** For each byte: 1 to 36 for a digit or a letter of ASCII, whatever its case; 0 for all else. */
export const LETTER_CODES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[0-9a-z]/i.test(character) ? Number.parseInt(character, 36) + 1 : 0;
});

/** The letters and digits of a text, in lower case; all else is left out. */
export function lettersOf(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, "").toLowerCase();
}

/** The window that ends with one more letter. @param code as {@linkcode LETTER_CODES} has it */
export function slideWindow(window: number, code: number): number {
  return (window << 6 | code) & 0x3fffffff;
}

/** {@linkcode WINDOW_BITS} bits of a window. */
export function hashWindow(window: number): number {
  return Math.imul(window ^ window >>> 15, 0x9e3779b1) >>> (32 - WINDOW_BITS);
}

/** Hash of a text's last letters. @param letters as {@linkcode lettersOf} has them, at least 6 */
export function hashLast(letters: string): number {
  let window = 0;
  for (const letter of letters.slice(-WINDOW)) {
    window = slideWindow(window, LETTER_CODES[letter.charCodeAt(0)] ?? 0);
  }
  return hashWindow(window);
}
