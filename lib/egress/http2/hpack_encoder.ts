/** Writes header blocks (RFC 7541). */

import type { HeaderField, HeaderList } from "../message.ts";
import { DynamicTable, fieldSize } from "./dynamic_table.ts";
import { huffmanLength, writeHuffman } from "./huffman.ts";
import { TABLE_BYTES } from "./limits.ts";
import { fieldKey, staticIndexes, staticTable } from "./static_table.ts";

/**
 * Names of fields that may hold a credential, those that a route makes up included: they go as never-indexed literals, so that
 * neither our table nor one further on holds them, and a compressed length tells nothing about them (RFC 7541, 7.1).
 */
const SENSITIVE = /auth|cookie|token|secret|key|session|passw|credential|signature/;

/** Differ from message to message: in the table they only push out what is of use. `:authority` is none of them. */
const FLEETING: ReadonlySet<string> = new Set([
  ":path",
  "age",
  "content-length",
  "content-range",
  "date",
  "etag",
  "expires",
  "if-modified-since",
  "if-none-match",
  "last-modified",
  "location",
  "range",
  "traceparent",
  "x-request-id",
]);

/** How a field is written. */
type Kind = "indexed" | "plain" | "never";

/** Encodes the blocks of one direction of a connection, in their order. */
export class HpackEncoder {
  readonly #byField = new Map<string, number>();
  readonly #byName = new Map<string, number>();
  readonly #table = new DynamicTable(TABLE_BYTES, (field, sequence) => {
    this.#forget(field, sequence);
  });
  /** The least, and the last, size of the table that the peer has asked for since the last block. */
  #asked: { least: number; last: number } | undefined;
  #out = new Uint8Array(1024);
  #at = 0;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE: said at the next block's start. */
  setTableSize(size: number): void {
    const last = Math.min(size, TABLE_BYTES);
    this.#asked = { least: Math.min(last, this.#asked?.least ?? last), last };
  }

  /** @returns the block: a view that is valid until the next one. */
  encode(fields: HeaderList): Uint8Array {
    this.#at = 0;
    this.#writeSizeUpdates();
    for (const [name, value] of fields) this.#writeField(name, value);
    return this.#out.subarray(0, this.#at);
  }

  #writeSizeUpdates(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    this.#reserve(16);
    if (asked.least < asked.last) this.#writeInteger(asked.least, 5, 0x20);
    this.#writeInteger(asked.last, 5, 0x20);
    this.#table.resize(asked.least);
    this.#table.resize(asked.last);
  }

  #writeField(name: string, value: string): void {
    this.#reserve(name.length + value.length + 32);
    const kind = kindOf(name, value);
    if (kind !== "never") {
      const index = this.#indexOfField(name, value);
      if (index !== undefined) return this.#writeInteger(index, 7, 0x80);
    }
    const named = this.#indexOfName(name) ?? 0;
    switch (kind) {
      case "indexed":
        this.#writeInteger(named, 6, 0x40);
        break;
      case "plain":
        this.#writeInteger(named, 4, 0x00);
        break;
      case "never":
        this.#writeInteger(named, 4, 0x10);
        break;
      default:
        kind satisfies never;
    }
    if (named === 0) this.#writeText(name);
    this.#writeText(value);
    if (kind === "indexed") this.#remember([name, value]);
  }

  #indexOfField(name: string, value: string): number | undefined {
    const key = fieldKey(name, value);
    const fixed = staticIndexes.ofField.get(key);
    if (fixed !== undefined) return fixed;
    const sequence = this.#byField.get(key);
    return sequence === undefined ? undefined : this.#indexOf(sequence);
  }

  #indexOfName(name: string): number | undefined {
    const fixed = staticIndexes.ofName.get(name);
    if (fixed !== undefined) return fixed;
    const sequence = this.#byName.get(name);
    return sequence === undefined ? undefined : this.#indexOf(sequence);
  }

  #indexOf(sequence: number): number {
    return staticTable.length + 1 + this.#table.indexOf(sequence);
  }

  #remember(field: HeaderField): void {
    const sequence = this.#table.add(field);
    if (sequence === undefined) return;
    this.#byField.set(fieldKey(field[0], field[1]), sequence);
    this.#byName.set(field[0], sequence);
  }

  #forget(field: HeaderField, sequence: number): void {
    const key = fieldKey(field[0], field[1]);
    if (this.#byField.get(key) === sequence) this.#byField.delete(key);
    if (this.#byName.get(field[0]) === sequence) this.#byName.delete(field[0]);
  }

  #writeText(text: string): void {
    const coded = huffmanLength(text);
    if (coded < text.length) {
      this.#writeInteger(coded, 7, 0x80);
      this.#at = writeHuffman(text, this.#out, this.#at);
      return;
    }
    this.#writeInteger(text.length, 7, 0x00);
    for (let at = 0; at < text.length; at++) this.#out[this.#at++] = text.charCodeAt(at);
  }

  #writeInteger(value: number, bits: number, flags: number): void {
    const most = (1 << bits) - 1;
    if (value < most) {
      this.#out[this.#at++] = flags | value;
      return;
    }
    this.#out[this.#at++] = flags | most;
    let left = value - most;
    for (; left >= 0x80; left >>>= 7) this.#out[this.#at++] = (left & 0x7f) | 0x80;
    this.#out[this.#at++] = left;
  }

  /** A text is never written longer than it is. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = new Uint8Array(Math.max(this.#out.length * 2, this.#at + bytes));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
}

function kindOf(name: string, value: string): Kind {
  if (name !== ":authority" && SENSITIVE.test(name)) return "never";
  // A large one would push all others out.
  if (FLEETING.has(name) || fieldSize(name, value) > TABLE_BYTES / 4) return "plain";
  return "indexed";
}
