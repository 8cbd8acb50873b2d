/** Gathers small pieces into one write. */

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

/** The pieces as one; a single one is not copied. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
