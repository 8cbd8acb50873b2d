/** Finds many byte strings at once, fast enough for gigabytes: Wu and Manber's algorithm with blocks of two bytes. */

/** Called for each place where a string begins. */
export type OnMatch = (needle: number, at: number) => void;

/** A search for byte strings of at least two bytes. */
export class ManyNeedles {
  readonly #needles: readonly Uint8Array[];
  /** Length of the shortest: what the window holds. */
  readonly #window: number;
  /** For each pair of bytes at the window's end: how far on the next place is at which a string could end so. */
  readonly #shift = new Uint8Array(65_536);

  constructor(needles: readonly Uint8Array[]) {
    this.#needles = needles;
    this.#window = Math.min(...needles.map((bytes) => bytes.length), 255);
    if (this.#window < 2) throw new RangeError("a needle needs two bytes");
    this.#shift.fill(this.#window - 1);
    for (const bytes of needles) {
      for (let end = 1; end < this.#window; end++) {
        const block = pair(bytes, end);
        this.#shift[block] = Math.min(this.#shift[block] ?? 0, this.#window - 1 - end);
      }
    }
  }

  /** Every match that begins in `bytes`, in order of its place. */
  search(bytes: Uint8Array, onMatch: OnMatch): void {
    let end = this.#window - 1;
    while (end < bytes.length) {
      const shift = this.#shift[pair(bytes, end)] ?? 0;
      if (shift > 0) {
        end += shift;
        continue;
      }
      this.#matchAt(bytes, end - this.#window + 1, onMatch);
      end++;
    }
  }

  #matchAt(bytes: Uint8Array, at: number, onMatch: OnMatch): void {
    for (const [index, needle] of this.#needles.entries()) {
      if (at + needle.length > bytes.length) continue;
      let same = 0;
      while (same < needle.length && bytes[at + same] === needle[same]) same++;
      if (same === needle.length) onMatch(index, at);
    }
  }
}

function pair(bytes: Uint8Array, end: number): number {
  return (bytes[end - 1] ?? 0) << 8 | (bytes[end] ?? 0);
}
