/** Bytes of one stream that wait for its reader: no more memory than bytes, however small the pieces are that they come in. */

/** Small pieces are put together in blocks of this size. */
const BLOCK_BYTES = 16 * 1024;

interface Block {
  readonly bytes: Uint8Array;
  length: number;
}

/** First in, first out. */
export class ReceiveQueue {
  #blocks: Block[] = [];
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Takes a copy. */
  push(data: Uint8Array): void {
    this.#length += data.length;
    const last = this.#blocks.at(-1);
    let rest = data;
    if (last !== undefined) {
      const fitting = data.subarray(0, last.bytes.length - last.length);
      last.bytes.set(fitting, last.length);
      last.length += fitting.length;
      rest = data.subarray(fitting.length);
    }
    if (rest.length === 0) return;
    // What comes alone is read at once in most cases; what waits behind something gets company.
    const size = last === undefined ? rest.length : Math.max(rest.length, BLOCK_BYTES);
    const bytes = new Uint8Array(size);
    bytes.set(rest);
    this.#blocks.push({ bytes, length: rest.length });
  }

  /** The next piece, which is the caller's; undefined: nothing waits. */
  take(): Uint8Array | undefined {
    const block = this.#blocks.shift();
    if (block === undefined) return undefined;
    this.#length -= block.length;
    return block.bytes.subarray(0, block.length);
  }

  clear(): void {
    this.#blocks = [];
    this.#length = 0;
  }
}
