/** Looks at the payloads of one direction, over the borders of frames and of messages. */

import { concatBytes } from "../../concat_bytes.ts";
import type { ByteFilter, EmitBytes } from "../scan/byte_filter.ts";
import { BREAK, LETTERS } from "../scan/letters.ts";

/** Makes a stream's filter. */
export type MakeByteFilter = () => ByteFilter;

/**
 * What a message leaves behind for the next: more than a filter lets go of something that it has begun to recognise.
 * What a filter held back at a message's end comes on top.
 */
const CARRIED_BYTES = 256;
/**
 * So many letters and digits of something looked for may stand at a message's end. Fewer are what texts end with by chance:
 * the public beginnings of keys and placeholders.
 */
const MAX_CUT_LETTERS = 15;
const STAR = "*".charCodeAt(0);

/**
 * A filter for one message after the other. Nothing waits for the next message, which may be the answer to this one: so
 * what a filter holds back goes out at a message's end, and the next is looked at together with the end of this. What
 * is found to lie across the border is then replaced, or refused, from the border on; and of something that has
 * come to more than 15 letters where its message ends, those are replaced at once: sent a letter a message, it gets no further.
 */
export class MessageFilter {
  readonly #make: MakeByteFilter;
  #filter: ByteFilter | undefined;
  #carried: Uint8Array = new Uint8Array();
  #toDrop = 0;
  /** Messages that ended inside something looked for. */
  cutCount = 0;

  constructor(make: MakeByteFilter) {
    this.#make = make;
  }

  /** Takes a part of a message: as {@linkcode ByteFilter.push}. */
  push(piece: Uint8Array, emit: EmitBytes): void {
    if (piece.length === 0) return;
    const filter = this.#filter ??= this.#open();
    filter.push(piece, (part) => this.#pass(part, emit));
  }

  /** Ends a message: all of it has been emitted then. @throws {BottleError} as {@linkcode ByteFilter.end} */
  endMessage(emit: EmitBytes): void {
    const filter = this.#filter;
    if (filter === undefined) return;
    this.#filter = undefined;
    const parts: Uint8Array[] = [];
    filter.end((part) => void parts.push(part.slice()));
    const held = concatBytes(parts);
    this.#carried = concatBytes([this.#carried, held]);
    const shown = held.slice(this.#toDrop);
    this.#toDrop = 0;
    if (shown.length === 0) return;
    if (held.filter(isLetter).length > MAX_CUT_LETTERS) {
      // What stands between them stays: it may be the end of a JSON document.
      for (let at = 0; at < shown.length; at++) if (isLetter(shown[at] ?? 0)) shown[at] = STAR;
      this.cutCount++;
    }
    emit(shown);
  }

  #open(): ByteFilter {
    const filter = this.#make();
    const before = this.#carried;
    this.#carried = before.subarray(0, 0);
    this.#toDrop = before.length;
    // The next message may never come to its end, and what was carried is to be carried on.
    if (before.length > 0) filter.push(before.slice(), (part) => this.#pass(part, () => {}));
    return filter;
  }

  /** Lets out what is not from the message before, and remembers its end. */
  #pass(part: Uint8Array, emit: EmitBytes): void {
    this.#carried = part.length >= CARRIED_BYTES
      ? part.slice(-CARRIED_BYTES)
      : concatBytes([this.#carried.subarray(-(CARRIED_BYTES - part.length)), part]);
    if (this.#toDrop >= part.length) {
      this.#toDrop -= part.length;
      return;
    }
    const shown = part.subarray(this.#toDrop);
    this.#toDrop = 0;
    emit(shown);
  }
}

function isLetter(byte: number): boolean {
  const code = LETTERS[byte];
  return code !== 0 && code !== BREAK;
}
