/** Reads header blocks (RFC 7541). */

import { Buffer } from "node:buffer";
import type { HeaderField, HeaderList } from "../message.ts";
import { DynamicTable, fieldSize } from "./dynamic_table.ts";
import { connectionError } from "./error_code.ts";
import { readHuffman } from "./huffman.ts";
import { type FieldLimits, TABLE_BYTES } from "./limits.ts";
import { staticTable } from "./static_table.ts";

/** A decoded block. */
export interface DecodedBlock {
  readonly fields: HeaderList;
  /** It was over the limits: the fields end where it was. */
  readonly isOver: boolean;
}

/** Texts of fewer bytes are made faster one character after the other. */
const SHORT_TEXT = 12;

/** Decodes the blocks of one direction of a connection, in their order. */
export class HpackDecoder {
  readonly #table = new DynamicTable(TABLE_BYTES);
  #scratch = new Uint8Array(1024);
  #input: Uint8Array = new Uint8Array();
  #at = 0;

  /**
   * A block is always decoded to its end, as the next one builds on it; of what is over the limits nothing is kept.
   *
   * @throws {BottleError} `http2-compression-error`: no later block can be read either
   */
  decode(block: Uint8Array, limits: FieldLimits): DecodedBlock {
    this.#input = block;
    this.#at = 0;
    this.#readSizeUpdates();
    const fields: HeaderField[] = [];
    let bytes = 0;
    let isOver = false;
    while (this.#at < block.length) {
      const field = this.#readField();
      bytes += fieldSize(field[0], field[1]);
      isOver ||= bytes > limits.bytes || fields.length >= limits.count;
      if (!isOver) fields.push(field);
    }
    return { fields, isOver };
  }

  /** RFC 7541, 4.2: at a block's start, and more than two say nothing that two don't. */
  #readSizeUpdates(): void {
    for (let count = 0; ((this.#input[this.#at] ?? 0) & 0xe0) === 0x20; count++) {
      if (count === 2) throw fault("More than two table size updates");
      const size = this.#readInteger(5);
      if (size > TABLE_BYTES) throw fault("A table size over the limit");
      this.#table.resize(size);
    }
  }

  #readField(): HeaderField {
    const first = this.#input[this.#at] ?? 0;
    if ((first & 0x80) !== 0) return this.#lookUp(this.#readInteger(7));
    if ((first & 0x40) !== 0) {
      const field = this.#readLiteral(6);
      this.#table.add(field);
      return field;
    }
    if ((first & 0x20) !== 0) throw fault("A table size update after a block's start");
    // Without indexing, or never to be indexed.
    return this.#readLiteral(4);
  }

  #readLiteral(bits: number): HeaderField {
    const index = this.#readInteger(bits);
    const name = index === 0 ? this.#readText() : this.#lookUp(index)[0];
    return [name, this.#readText()];
  }

  #lookUp(index: number): HeaderField {
    const field = index <= staticTable.length
      ? staticTable[index - 1]
      : this.#table.at(index - staticTable.length - 1);
    if (field === undefined) throw fault("An index that no table has");
    return field;
  }

  #readText(): string {
    const isCoded = ((this.#input[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#readInteger(7);
    const from = this.#at;
    const to = from + length;
    if (to > this.#input.length) throw fault("A text beyond its block's end");
    this.#at = to;
    if (!isCoded) return textOf(this.#input, from, to);
    if (this.#scratch.length < length * 2) this.#scratch = new Uint8Array(length * 2);
    return textOf(this.#scratch, 0, readHuffman(this.#input, from, to, this.#scratch));
  }

  /** RFC 7541, 5.1. Four bytes after the first say more than any length that we take. */
  #readInteger(bits: number): number {
    const input = this.#input;
    if (this.#at >= input.length) throw fault("A block that ends too early");
    const most = (1 << bits) - 1;
    const first = (input[this.#at++] ?? 0) & most;
    if (first < most) return first;
    let value = most;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = input[this.#at++];
      if (byte === undefined) throw fault("A block that ends too early");
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw fault("A number that is too large");
  }
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  if (to - from < SHORT_TEXT) {
    let text = "";
    for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] ?? 0);
    return text;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}

function fault(detail: string): Error {
  return connectionError("compression-error", detail);
}
