/** HPACK's Huffman code (RFC 7541, appendix B). */

import { connectionError } from "./error_code.ts";

/**
 * Bits of each byte's code; the last is the end-of-string symbol's. The code is canonical: codes of one length follow each
 * other in the order of their symbols, and so the lengths are all of it.
 */
// deno-fmt-ignore
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];
const END_OF_STRING = 256;
const LONGEST = 30;

const lengths = Uint8Array.from(LENGTHS);
const codes = canonicalCodes(lengths);

/**
 * The decoder's automaton: from each inner node of the code's tree, by four bits, to the next, at most one symbol on the way, as
 * no code is shorter than five bits. An entry is `node << 10 | flags | symbol`.
 */
const NIBBLES = 16;
const HAS_SYMBOL = 0x100;
const IS_FAULT = 0x200;
const NODE_SHIFT = 10;
const { steps, mayEnd } = automaton();

/** Bytes that a text takes, Huffman-coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += lengths[text.charCodeAt(at) & 0xff] ?? 0;
  return (bits + 7) >>> 3;
}

/**
 * Codes a text, one character a byte.
 *
 * @param out has room for `huffmanLength(text)` bytes at `at`
 * @returns where it ends
 */
export function writeHuffman(text: string, out: Uint8Array, at: number): number {
  let end = at;
  let held = 0;
  let heldBits = 0;
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index) & 0xff;
    let left = lengths[symbol] ?? 0;
    const code = codes[symbol] ?? 0;
    // Up to 7 bits are held, and a shift by 32 is none.
    while (left > 0) {
      const taken = Math.min(left, 16);
      left -= taken;
      held = (held << taken) | ((code >>> left) & ((1 << taken) - 1));
      heldBits += taken;
      while (heldBits >= 8) {
        heldBits -= 8;
        out[end++] = held >>> heldBits;
      }
      held &= (1 << heldBits) - 1;
    }
  }
  if (heldBits > 0) out[end++] = (held << (8 - heldBits)) | ((1 << (8 - heldBits)) - 1);
  return end;
}

/**
 * Decodes into `out`.
 *
 * @param out has room for 8/5 of the input's length
 * @returns how many bytes there are
 * @throws {BottleError} `http2-compression-error` for the end-of-string symbol, and a padding of other bits than ones or of more than seven
 */
export function readHuffman(input: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let node = 0;
  let length = 0;
  for (let at = from; at < to; at++) {
    const byte = input[at] ?? 0;
    const high = steps[node * NIBBLES + (byte >>> 4)] ?? IS_FAULT;
    if ((high & HAS_SYMBOL) !== 0) out[length++] = high;
    const low = steps[(high >>> NODE_SHIFT) * NIBBLES + (byte & 15)] ?? IS_FAULT;
    if ((low & HAS_SYMBOL) !== 0) out[length++] = low;
    if (((high | low) & IS_FAULT) !== 0) throw fault("The end-of-string symbol in a text");
    node = low >>> NODE_SHIFT;
  }
  if (mayEnd[node] !== 1) throw fault("A Huffman code that is padded wrongly");
  return length;
}

function canonicalCodes(of: Uint8Array): Uint32Array {
  const found = new Uint32Array(of.length);
  let code = 0;
  for (let length = 1; length <= LONGEST; length++) {
    code *= 2;
    for (let symbol = 0; symbol < of.length; symbol++) {
      if (of[symbol] === length) found[symbol] = code++;
    }
  }
  return found;
}

function automaton(): { readonly steps: Int32Array; readonly mayEnd: Uint8Array } {
  // A child is an inner node's number, or -1 less a symbol; 0, the root, is nobody's child.
  const children: [number, number][] = [[0, 0]];
  const endings = [1];
  for (let symbol = 0; symbol <= END_OF_STRING; symbol++) plant(children, endings, symbol);
  const table = new Int32Array(children.length * NIBBLES);
  for (let node = 0; node < children.length; node++) {
    for (let nibble = 0; nibble < NIBBLES; nibble++) {
      table[node * NIBBLES + nibble] = walk(children, node, nibble);
    }
  }
  return { steps: table, mayEnd: Uint8Array.from(endings) };
}

function plant(children: [number, number][], endings: number[], symbol: number): void {
  const length = lengths[symbol] ?? 0;
  const code = codes[symbol] ?? 0;
  let node = 0;
  for (let depth = 1; depth <= length; depth++) {
    const bit = (code >>> (length - depth)) & 1;
    const pair = children[node] ?? [0, 0];
    if (depth === length) {
      pair[bit] = -1 - symbol;
    } else if (pair[bit] === 0) {
      const next = children.length;
      children.push([0, 0]);
      // Padding is the beginning of the end-of-string's code, all ones, and shorter than a byte.
      endings.push(depth < 8 && bit === 1 && endings[node] === 1 ? 1 : 0);
      pair[bit] = next;
      node = next;
    } else {
      node = pair[bit] ?? 0;
    }
  }
}

function walk(children: readonly [number, number][], from: number, nibble: number): number {
  let node = from;
  let found = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[node]?.[(nibble >>> bit) & 1] ?? 0;
    if (next >= 0) {
      node = next;
      continue;
    }
    const symbol = -1 - next;
    found |= symbol === END_OF_STRING ? IS_FAULT : HAS_SYMBOL | symbol;
    node = 0;
  }
  return (node << NODE_SHIFT) | found;
}

function fault(detail: string): Error {
  return connectionError("compression-error", detail);
}
