/** A file for gitleaks, made of pieces of many texts, and the way back from its lines to theirs. */

import { concatBytes } from "../../../lib/concat_bytes.ts";
import type { Fragment } from "./fragments.ts";

/** Where a line of a file comes from. */
export interface Origin {
  /** The piece's, as it was added. */
  readonly source: PieceSource;
  /** Of the text, from 1. */
  readonly line: number;
}

/** What a piece is of. */
export interface PieceSource {
  /** Id of the text. */
  readonly part: number;
  /** Its allow comments are in it as they were written. */
  readonly isAsWritten: boolean;
  /** There are such. */
  readonly hasAllowComment: boolean;
}

interface Segment {
  readonly source: PieceSource;
  /** Its first line in the file, and in the text. */
  readonly at: number;
  readonly line: number;
  readonly lines: number;
}

/**
 * Longer than all in which gitleaks looks for the heads of file formats, whose files it passes over, but for one: a CD's is at
 * 32,769, where no file of ours reaches.
 */
const HEAD_BYTES = 512;
const encoder = new TextEncoder();
/** No rule reaches over it: it is in no text, as NULs are replaced there. */
const SEPARATOR = encoder.encode("\n\0\n");

/**
 * Begins and ends with the canary: whoever reports both, on their lines, has read all between. Behind that stand the keywords
 * that are in the pieces: gitleaks finds of two keywords that overlap only one, and leaves out the other's rules.
 */
export class ScanFile {
  readonly #canary: Uint8Array;
  readonly #pieces: Uint8Array[];
  readonly #segments: Segment[] = [];
  #line = 2;
  #size = HEAD_BYTES;

  /** @param canary a text that a rule of its own finds */
  constructor(canary: string) {
    this.#canary = encoder.encode(canary);
    this.#pieces = [encoder.encode(`${canary.padEnd(HEAD_BYTES - 1, ".")}\n`)];
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** The line of the canary at the end. */
  get lastLine(): number {
    return this.#line;
  }

  /** Adds a piece, its bytes free of NUL. */
  add({ bytes, line, lines }: Fragment, source: PieceSource): void {
    this.#pieces.push(bytes, SEPARATOR);
    this.#segments.push({ source, at: this.#line, line, lines });
    this.#line += lines + 1;
    this.#size += bytes.length + SEPARATOR.length;
  }

  /** All of it. @param keywords that the pieces have, each of which starts rules */
  bytes(findKeywords: (bytes: Uint8Array) => readonly string[]): Uint8Array {
    const body = concatBytes(this.#pieces);
    const keywords = findKeywords(body).join("\n");
    return concatBytes([body, this.#canary, encoder.encode(`\n${keywords}\n`)]);
  }

  /** Where a line comes from; undefined: none of a piece's. */
  origin(fileLine: number): Origin | undefined {
    const segment = this.#segments.find(({ at, lines }) => fileLine < at + lines);
    if (segment === undefined || fileLine < segment.at) return undefined;
    return { source: segment.source, line: segment.line + fileLine - segment.at };
  }
}
