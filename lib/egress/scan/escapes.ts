/** Escapes of JSON, URIs and HTML: what they stand for. */

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const NUMBER_SIGN = 0x23;
const ALPHANUMERIC: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, byte) => /[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
/** `&#x00000041;`, and the named entities in use. */
const MAX_ENTITY = 12;
/** What stands for any character that is no letter, so that it separates. */
const SPACE = 0x20;

/** The data ends inside what may be an escape. */
export const CUT = -1;

/**
 * Reads the escape that begins at a place: `\n`, `\"`, `\u0041`, `\x41`, `%41`, `&#65;`, `&#x41;`, `&amp;`.
 *
 * @returns its length times 256 plus the byte that it stands for, a space for any that is no ASCII; 0: there is none;
 * {@linkcode CUT}
 */
export function escapeAt(data: Uint8Array, at: number): number {
  switch (data[at]) {
    case BACKSLASH:
      return backslashAt(data, at);
    case PERCENT:
      return hexAt(data, at, 1, 2);
    case AMPERSAND:
      return entityAt(data, at);
    default:
      return 0;
  }
}

/** The bytes behind a backslash: what they stand for; 0: no escape. */
const AFTER_BACKSLASH: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if ("bfnrt".includes(character)) return SPACE;
  return '\\"/'.includes(character) ? byte : 0;
});
const LOWER_U = 0x75;
const LOWER_X = 0x78;

function backslashAt(data: Uint8Array, at: number): number {
  const byte = data[at + 1];
  if (byte === undefined) return CUT;
  if (byte === LOWER_U) return hexAt(data, at, 2, 4);
  if (byte === LOWER_X) return hexAt(data, at, 2, 2);
  const value = AFTER_BACKSLASH[byte] ?? 0;
  return value === 0 ? 0 : pack(2, value);
}

/** @param lead bytes before the digits @param count of the digits */
function hexAt(data: Uint8Array, at: number, lead: number, count: number): number {
  let value = 0;
  for (let digit = at + lead; digit < at + lead + count; digit++) {
    const byte = data[digit];
    if (byte === undefined) return CUT;
    const nibble = hexValue(byte);
    if (nibble < 0) return 0;
    value = value << 4 | nibble;
  }
  return pack(lead + count, value);
}

function entityAt(data: Uint8Array, at: number): number {
  for (let next = at + 1; next < at + MAX_ENTITY; next++) {
    const byte = data[next];
    if (byte === undefined) return CUT;
    if (byte === SEMICOLON) return entityOf(data, at + 1, next);
    const isPart = byte === NUMBER_SIGN && next === at + 1 || ALPHANUMERIC[byte] === 1;
    if (!isPart) return 0;
  }
  return 0;
}

function entityOf(data: Uint8Array, start: number, end: number): number {
  const text = String.fromCharCode(...data.subarray(start, end));
  const length = text.length + 2;
  const [, decimal, hex] = /^#(?:([0-9]+)|x([0-9a-f]+))$/i.exec(text) ?? [];
  if (decimal !== undefined) return pack(length, Number(decimal));
  if (hex !== undefined) return pack(length, Number.parseInt(hex, 16));
  // A named one stands for no letter of a secret.
  return /^[a-z]{2,}$/i.test(text) ? pack(length, SPACE) : 0;
}

function pack(length: number, value: number): number {
  return length << 8 | (value > 0x7f ? SPACE : value);
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
