/** Reads numbers and vectors out of a message that is there as a whole, in network order. */

/** A place in a message. Whatever is not there is the caller's error. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #onShort: () => Error;
  #at = 0;

  /** @param onShort the error where the message ends too early */
  constructor(bytes: Uint8Array, onShort: () => Error) {
    this.#bytes = bytes;
    this.#onShort = onShort;
  }

  /** Whether everything has been read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** A number of so many bytes, at most 3. */
  number(size: 1 | 2 | 3): number {
    let value = 0;
    for (const byte of this.take(size)) value = value << 8 | byte;
    return value;
  }

  /** The next bytes: a view. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#onShort();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A vector with its length in so many bytes before it. */
  vector(sizeOfLength: 1 | 2 | 3): ByteCursor {
    return new ByteCursor(this.take(this.number(sizeOfLength)), this.#onShort);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }
}
