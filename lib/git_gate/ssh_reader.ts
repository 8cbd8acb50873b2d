/** Reads ssh's binary form: fields with their length before them (RFC 4251, 5). */

/** Goes through some bytes once. After a field that is not whole every further one is undefined. */
export class SshReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether nothing is left. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** A whole number of 32 bits. */
  uint32(): number | undefined {
    const end = this.#at + 4;
    if (end > this.#bytes.length) return this.#giveUp();
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 4);
    this.#at = end;
    return view.getUint32(0);
  }

  /** A field of bytes. */
  bytes(): Uint8Array | undefined {
    const length = this.uint32();
    if (length === undefined || this.#at + length > this.#bytes.length) return this.#giveUp();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A field of ASCII text; undefined also for any other bytes. */
  text(): string | undefined {
    const bytes = this.bytes();
    return bytes?.every((byte) => byte >= 0x20 && byte < 0x7f)
      ? new TextDecoder().decode(bytes)
      : undefined;
  }

  /** Takes bytes that have to be exactly these. */
  expect(text: string): boolean {
    const wanted = new TextEncoder().encode(text);
    const isThere = wanted.every((byte, index) => this.#bytes[this.#at + index] === byte);
    if (isThere) this.#at += wanted.length;
    return isThere;
  }

  #giveUp(): undefined {
    this.#at = this.#bytes.length + 1;
    return undefined;
  }
}
