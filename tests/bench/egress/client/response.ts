/** One response at a time, its body counted and let go. */

import { Buffer } from "node:buffer";

/** When a response came. */
export interface ResponseTimes {
  /** `performance.now()` at its first byte. */
  readonly firstByteAt: number;
  /** Bytes of its body. */
  readonly bodyBytes: number;
}

/** Reads responses that tell their length. */
export class ResponseReader {
  readonly #conn: Deno.Conn;
  readonly #buffer = Buffer.alloc(64 * 1024);

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Reads one to its end. @throws if it is no 200, or shorter than it says */
  async read(): Promise<ResponseTimes> {
    const buffer = this.#buffer;
    let firstByteAt = 0;
    let end = -1;
    let filled = 0;
    while (end < 0) {
      const count = await this.#conn.read(buffer.subarray(filled));
      if (count === null) throw new Error("The connection ended before a response");
      firstByteAt ||= performance.now();
      filled += count;
      end = buffer.subarray(0, filled).indexOf("\r\n\r\n");
    }
    const bodyBytes = lengthOf(buffer.toString("latin1", 0, end + 2));
    let left = bodyBytes - (filled - end - 4);
    while (left > 0) {
      const count = await this.#conn.read(buffer);
      if (count === null) throw new Error(`The connection ended ${left} bytes early`);
      left -= count;
    }
    if (left < 0) throw new Error("More came than the response's length");
    return { firstByteAt, bodyBytes };
  }

  /** Reads one short response to its end. @returns its body */
  async readText(): Promise<string> {
    let text = "";
    for (;;) {
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0 && text.length >= end + 4 + lengthOf(text.slice(0, end + 2))) {
        return text.slice(end + 4);
      }
      const count = await this.#conn.read(this.#buffer);
      if (count === null) throw new Error("The connection ended within a response");
      text += this.#buffer.toString("latin1", 0, count);
    }
  }
}

function lengthOf(head: string): number {
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`Answered "${head.split("\r\n", 1)[0]}"`);
  const length = /\r\ncontent-length: *([0-9]+)\r\n/i.exec(head)?.[1];
  if (length === undefined) throw new Error("The response does not tell its length");
  return Number(length);
}
