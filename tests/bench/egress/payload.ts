/** What big bodies are made of. */

/** One write. */
export const PIECE_BYTES = 64 * 1024;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Half of it any bytes, as an archive has them, half of it base64, whose letters are those of credentials: a search that skips what can't be
 * one gains nothing that it would not gain on the real thing. The same in every run.
 */
export function makePiece(): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(PIECE_BYTES);
  let state = 0x2545f491;
  for (let at = 0; at < piece.length; at++) {
    // xorshift32 (Marsaglia, 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    piece[at] = at < piece.length / 2
      ? state >>> 24
      : ALPHABET.charCodeAt((state >>> 24) % ALPHABET.length);
  }
  return piece;
}
