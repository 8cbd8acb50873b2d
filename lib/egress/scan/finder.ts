/** What finds something in a stream's bytes; `StreamScan` gives it the pieces. */

/** One occurrence. */
export interface Occurrence {
  /** Places to be overwritten: begin and end of each, in pairs. */
  readonly ranges: readonly number[];
  /** Number of what was found, as the finder counts. */
  readonly source: number;
}

/** Takes occurrences. */
export type OnFound = (occurrence: Occurrence) => void;

/** The end of some data: occurrences may have begun there that go on behind it. The data's length: none has. */
export interface OpenEnd {
  /** Where the first begins. */
  readonly start: number;
  /** Where the first begins of which {@linkcode HELD_LETTERS} are there, so that it is held back. */
  readonly held: number;
}

/** So many letters must have matched before anything is held back for the rest. */
export const HELD_LETTERS = 4;

/** Looks for one kind of thing. Has no state of its own: one serves all streams. */
export interface Finder {
  /**
   * Tells every occurrence that is in the data whole, some maybe twice, and what may have begun at its end.
   *
   * @param isLast nothing follows: nobody asks what has begun
   */
  search(data: Uint8Array, onFound: OnFound, isLast?: boolean): OpenEnd;
  /** Whether anything that begins before `limit` is whole in the data, or may go on at its end. */
  continues(data: Uint8Array, limit: number): boolean;
}

/** Collects what begins at the end of some data. */
export class Opening implements OpenEnd {
  start: number;
  held: number;

  /** @param length the data's */
  constructor(length: number) {
    this.start = this.held = length;
  }

  /** @param letters that are there */
  add(start: number, letters: number): void {
    this.start = Math.min(this.start, start);
    if (letters >= HELD_LETTERS) this.held = Math.min(this.held, start);
  }
}
