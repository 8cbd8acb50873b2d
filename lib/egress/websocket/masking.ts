/** The masking of what a client sends (RFC 6455, 5.3). */

/** Bytes of random numbers that are asked for at once. */
const POOL_BYTES = 1024;
const KEY_BYTES = 4;

/**
 * Masks, or unmasks, in place.
 *
 * @param key 4 bytes
 * @param offset of the first byte in its frame's payload
 */
export function applyMask(bytes: Uint8Array, key: Uint8Array, offset: number): void {
  let at = 0;
  // Words of 32 bits have to begin on a multiple of four in their buffer.
  const aligned = -bytes.byteOffset & 3;
  if (bytes.length >= aligned + KEY_BYTES) {
    for (; at < aligned; at++) bytes[at] = byteAt(bytes, at) ^ byteAt(key, offset + at & 3);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, bytes.length - at >> 2);
    const word = wordOf(key, offset + at);
    for (let index = 0; index < words.length; index++) words[index] = (words[index] ?? 0) ^ word;
    at += words.length * KEY_BYTES;
  }
  for (; at < bytes.length; at++) bytes[at] = byteAt(bytes, at) ^ byteAt(key, offset + at & 3);
}

/** Keys that nobody can guess, one a frame: RFC 6455, 10.3. */
export class MaskKeys {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #at = POOL_BYTES;

  /** The next key, 4 bytes. */
  next(): Uint8Array {
    if (this.#at === POOL_BYTES) {
      crypto.getRandomValues(this.#pool);
      this.#at = 0;
    }
    const key = this.#pool.slice(this.#at, this.#at + KEY_BYTES);
    this.#at += KEY_BYTES;
    return key;
  }
}

/** The key from a place of the payload on, in the byte order of this machine. */
function wordOf(key: Uint8Array, offset: number): number {
  const turned = new Uint8Array(KEY_BYTES);
  for (let index = 0; index < KEY_BYTES; index++) turned[index] = byteAt(key, offset + index & 3);
  return new Int32Array(turned.buffer)[0] ?? 0;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
