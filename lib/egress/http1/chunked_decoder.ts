/** The chunked coding, strictly: hexadecimal digits, CR LF, limits on sizes, extensions and trailers. */

import type { BodyDecoder, DecodeStep } from "./body_decoder.ts";
import { isFieldValue, parseFields } from "./fields.ts";
import {
  MAX_CHUNK_EXTENSION_BYTES,
  MAX_CHUNK_LINE_BYTES,
  MAX_TRAILER_BYTES,
  MAX_TRAILERS,
} from "./limits.ts";
import { malformed, tooLarge, truncated } from "./malformed.ts";
import type { HeaderList } from "../message.ts";

const CR = 13;
const LF = 10;
const NOTHING = new Uint8Array();
/** 13 hexadecimal digits stay below 2^53. Only `;` may follow: blanks there are read differently by different servers. */
const SIZE_LINE = /^([0-9A-Fa-f]{1,13})(;.*)?$/;

/** Decodes one chunked body. */
export class ChunkedDecoder implements BodyDecoder {
  trailers: HeaderList = [];
  #state: "size" | "data" | "data-end" | "trailers" | "done" = "size";
  #left = 0;
  #line = "";
  #lineBytes = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  readonly #trailerLines: string[] = [];

  get isDone(): boolean {
    return this.#state === "done";
  }

  step(input: Uint8Array): DecodeStep {
    let at = 0;
    while (at < input.length && this.#state !== "done") {
      if (this.#state === "data") {
        const data = input.subarray(at, at + this.#left);
        this.#left -= data.length;
        if (this.#left === 0) this.#state = "data-end";
        return { used: at + data.length, data };
      }
      this.#takeByte(input[at] ?? 0);
      at++;
    }
    return { used: at, data: NOTHING };
  }

  end(): void {
    if (this.#state !== "done") throw truncated("The stream ended inside a chunked body");
  }

  #takeByte(byte: number): void {
    const endsInCr = this.#line.endsWith("\r");
    if (byte === LF) {
      if (!endsInCr) throw malformed("A line feed without a carriage return in a chunked body");
      const line = this.#line.slice(0, -1);
      this.#line = "";
      this.#lineBytes = 0;
      this.#takeLine(line);
      return;
    }
    if (endsInCr) throw malformed("A carriage return without a line feed in a chunked body");
    if (this.#state === "data-end" && byte !== CR) {
      throw malformed("A chunk is longer than its size");
    }
    this.#lineBytes++;
    const limit = this.#state === "trailers" ? MAX_TRAILER_BYTES : MAX_CHUNK_LINE_BYTES;
    if (this.#lineBytes > limit + 1) throw tooLarge("A line of a chunked body is too long");
    this.#line += String.fromCharCode(byte);
  }

  #takeLine(line: string): void {
    switch (this.#state) {
      case "size":
        return this.#takeSize(line);
      case "data-end":
        this.#state = "size";
        return;
      case "trailers":
        return this.#takeTrailer(line);
      case "data":
      case "done":
        return;
      default:
        return this.#state satisfies never;
    }
  }

  #takeSize(line: string): void {
    const [, size, extension] = SIZE_LINE.exec(line) ?? [];
    if (size === undefined) throw malformed("A chunk size that is not hexadecimal digits only");
    if (extension !== undefined) {
      if (!isFieldValue(extension)) throw malformed("A control character in a chunk extension");
      this.#extensionBytes += extension.length;
      if (this.#extensionBytes > MAX_CHUNK_EXTENSION_BYTES) {
        throw tooLarge("The chunk extensions are larger than 16 KiB");
      }
    }
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? "trailers" : "data";
  }

  #takeTrailer(line: string): void {
    if (line === "") {
      this.trailers = parseFields(this.#trailerLines, 0, MAX_TRAILERS);
      this.#state = "done";
      return;
    }
    this.#trailerBytes += line.length + 2;
    if (this.#trailerBytes > MAX_TRAILER_BYTES) {
      throw tooLarge("The trailers are larger than 8 KiB");
    }
    this.#trailerLines.push(line);
  }
}
