/** HPACK's dynamic table (RFC 7541, 2.3.2 and 4): the newest entry has the lowest index. */

import type { HeaderField } from "../message.ts";

/** What an entry takes beside its name and value (RFC 7541, 4.1). */
export const ENTRY_OVERHEAD = 32;

/** The size that a field has for all of HPACK's limits. */
export function fieldSize(name: string, value: string): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}

/** Entries of one direction of a connection. */
export class DynamicTable {
  readonly #onEvict: (field: HeaderField, sequence: number) => void;
  /** Oldest first, from `#first` on: those before are gone. */
  #entries: HeaderField[] = [];
  #first = 0;
  #evicted = 0;
  #size = 0;
  #capacity: number;

  /** @param onEvict told what goes, with the number that {@linkcode DynamicTable.add} gave it */
  constructor(
    capacity: number,
    onEvict: (field: HeaderField, sequence: number) => void = (): void => {},
  ) {
    this.#capacity = capacity;
    this.#onEvict = onEvict;
  }

  get length(): number {
    return this.#entries.length - this.#first;
  }

  /** @param index from 0: the newest */
  at(index: number): HeaderField | undefined {
    return index < this.length ? this.#entries[this.#entries.length - 1 - index] : undefined;
  }

  /** Adds one, and drops as many old ones as it needs. @returns its number; undefined: it alone is too large, and all are gone */
  add(field: HeaderField): number | undefined {
    const size = fieldSize(field[0], field[1]);
    this.#shrinkTo(this.#capacity - size);
    if (size > this.#capacity) return undefined;
    this.#size += size;
    this.#entries.push(field);
    return this.#evicted + this.length - 1;
  }

  /** The index, from 0, of what has this number and is still there. */
  indexOf(sequence: number): number {
    return this.#evicted + this.length - 1 - sequence;
  }

  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#shrinkTo(capacity);
  }

  #shrinkTo(size: number): void {
    while (this.#size > size && this.length > 0) {
      const field = this.#entries[this.#first++];
      if (field === undefined) break;
      this.#size -= fieldSize(field[0], field[1]);
      this.#onEvict(field, this.#evicted++);
    }
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
