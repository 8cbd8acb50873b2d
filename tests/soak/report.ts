/** What a part of the soak found. */

/** A table of figures and what was not as it has to be. */
export interface SoakReport {
  /** The first row names the columns. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** Empty: all is well. */
  readonly violations: readonly string[];
}

/** Prints one line of progress. */
export type Say = (line: string) => void;

/** Keeps the first of many and counts the rest: one fault of a proxy breaks thousands of requests. */
export class Violations {
  readonly #kept: string[] = [];
  readonly #max: number;
  #count = 0;

  constructor(max = 20) {
    this.#max = max;
  }

  add(text: string): void {
    this.#count++;
    if (this.#kept.length < this.#max) this.#kept.push(text);
  }

  get list(): readonly string[] {
    const more = this.#count - this.#kept.length;
    return more === 0 ? this.#kept : [...this.#kept, `and ${more} more`];
  }
}
