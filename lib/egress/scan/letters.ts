/** What a scan compares: letters and digits of ASCII. Some of all else only separates them. */

/** The code of what stands between letters of no spelling. */
export const BREAK = 64;

/** First bytes, in UTF-8, of zero-width and soft-hyphen characters, of spaces, and of the byte order mark. */
const WIDE_LEADS: ReadonlySet<number> = new Set([0xc2, 0xe1, 0xe2, 0xe3, 0xef]);

/**
 * For each byte: 1 to 36 for a digit or a letter, whatever its case; 0 for what may separate them (space,
 * punctuation, NUL as UTF-16 has it, the bytes of separators outside ASCII); {@linkcode BREAK} for anything else.
 */
export const LETTERS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => codeOf(byte));

/** How many letters and digits a text has. @param text one character is one byte */
export function countLetters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = LETTERS[text.charCodeAt(at)] ?? 0;
    if (code !== 0 && code !== BREAK) count++;
  }
  return count;
}

function codeOf(byte: number): number {
  const character = String.fromCharCode(byte);
  if (/[0-9a-z]/i.test(character)) return Number.parseInt(character, 36) + 1;
  if (/[\0\t-\r -~]/.test(character)) return 0;
  const isWide = byte >= 0x80 && byte < 0xc0 || WIDE_LEADS.has(byte);
  return isWide ? 0 : BREAK;
}
