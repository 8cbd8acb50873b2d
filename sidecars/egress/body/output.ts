/** Gathers small pieces into one write. */

import { concatBytes } from "../../../lib/concat_bytes.ts";

/** Past this the pieces go out: a TLS record holds 16 KiB. */
const FLUSH_BYTES = 64 * 1024;

/** Pieces that wait for a write. They are views: flush before the buffers below them change. */
export class Output {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Whether it is time to flush, though more could be added. */
  get isFull(): boolean {
    return this.#size >= FLUSH_BYTES;
  }

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  /** Writes what there is, and resolves when it is taken. */
  async flush(): Promise<void> {
    if (this.#size === 0) return;
    const bytes = concatBytes(this.#parts);
    this.#parts = [];
    this.#size = 0;
    await this.#write(bytes);
  }
}
