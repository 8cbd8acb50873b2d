/** Runs finders over a stream that comes in pieces. */

import { concatBytes } from "../../concat_bytes.ts";
import type { ByteFilter, EmitBytes } from "./byte_filter.ts";
import type { Finder, OnFound } from "./finder.ts";

const STAR = 0x2a;
/** A piece is joined with what came before only if that goes on so far into it. */
const PROBE = 64;
const NOTHING = new Uint8Array();

/**
 * Overwrites what is found by as many `*`. Cut anywhere, a stream comes out the same, but for the first three letters of an
 * occurrence: nothing waits for the next piece before four have matched.
 */
export class StreamScan implements ByteFilter {
  readonly #finders: readonly Finder[];
  readonly #onFound: OnFound;
  /** The stream's end so far, as it came, from where an occurrence may have begun. */
  #carry: Uint8Array = NOTHING;
  /** How much of it has gone out. */
  #sent = 0;
  /** Places in it that are to be overwritten. */
  #ranges: readonly number[] = [];

  /** @param onFound told of each occurrence, maybe twice; what it throws ends the stream */
  constructor(finders: readonly Finder[], onFound: OnFound = () => {}) {
    this.#finders = finders;
    this.#onFound = onFound;
  }

  push(piece: Uint8Array, emit: EmitBytes): void {
    const data = this.#join(piece, emit);
    const ranges = [...this.#ranges];
    let start = data.length;
    let held = data.length;
    for (const finder of this.#finders) {
      const open = finder.search(data, (occurrence) => {
        this.#onFound(occurrence);
        ranges.push(...occurrence.ranges);
      });
      start = Math.min(start, open.start);
      held = Math.min(held, open.held);
    }
    const to = Math.max(this.#sent, held);
    // Before it is overwritten: another occurrence may begin inside of one.
    this.#carry = start === data.length ? NOTHING : new Uint8Array(data.subarray(start));
    overwrite(data, ranges);
    if (to > this.#sent) emit(data.subarray(this.#sent, to));
    this.#sent = to - start;
    this.#ranges = this.#carry.length === 0
      ? []
      : ranges.map((place) => Math.max(0, place - start));
  }

  end(emit: EmitBytes): void {
    this.#emitCarry(emit);
  }

  /** What is to be looked at: the piece, and before it what came already if that goes on in it. */
  #join(piece: Uint8Array, emit: EmitBytes): Uint8Array {
    const carry = this.#carry;
    if (carry.length === 0) return piece;
    if (piece.length > PROBE) {
      const probe = concatBytes([carry, piece.subarray(0, PROBE)]);
      if (!this.#finders.some((finder) => finder.continues(probe, carry.length))) {
        this.#emitCarry(emit);
        return piece;
      }
    }
    return concatBytes([carry, piece]);
  }

  #emitCarry(emit: EmitBytes): void {
    const carry = this.#carry;
    overwrite(carry, this.#ranges);
    if (carry.length > this.#sent) emit(carry.subarray(this.#sent));
    this.#carry = NOTHING;
    this.#sent = 0;
    this.#ranges = [];
  }
}

/** Overwrites places of some data. @param ranges begin and end of each, in pairs */
export function overwrite(data: Uint8Array, ranges: readonly number[]): void {
  for (let at = 0; at < ranges.length; at += 2) data.fill(STAR, ranges[at], ranges[at + 1]);
}
