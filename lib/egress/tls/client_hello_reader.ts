/** Waits for a ClientHello in a stream that has just begun, however its records and reads are cut. */

import { concatBytes } from "../../concat_bytes.ts";
import { type ClientHello, helloFault, parseClientHello } from "./client_hello.ts";

/** Of the message. Those with post-quantum keys and a session ticket have 4 KiB. */
const MAX_HELLO_BYTES = 16 * 1024;
/** A hello may be cut into records, but nobody who means well cuts it so fine. */
const MAX_RECORDS = 16;
/** RFC 8446, 5.1. */
const MAX_RECORD_BYTES = 16 * 1024;
const RECORD_HEAD_BYTES = 5;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** Reads one ClientHello. */
export class ClientHelloReader {
  #raw: Uint8Array = new Uint8Array();
  #message: Uint8Array = new Uint8Array();
  /** Of `#raw`: the first record that is not whole. */
  #at = 0;
  #records = 0;

  /** Everything that was pushed: it goes on as it is once it has been judged. */
  get raw(): Uint8Array {
    return this.#raw;
  }

  /**
   * Takes the next bytes.
   *
   * @returns undefined: more is needed
   * @throws {BottleError} `protocol`: as `parseClientHello`, or anything else than one handshake message first of all
   */
  push(bytes: Uint8Array): ClientHello | undefined {
    this.#raw = concatBytes([this.#raw, bytes]);
    for (;;) {
      this.#checkRecordHead();
      if (this.#raw.length < this.#at + RECORD_HEAD_BYTES) return undefined;
      const size = this.#byte(3) << 8 | this.#byte(4);
      if (size === 0 || size > MAX_RECORD_BYTES) throw helloFault("A TLS record of no proper size");
      const start = this.#at + RECORD_HEAD_BYTES;
      if (this.#raw.length < start + size) return undefined;
      if (++this.#records > MAX_RECORDS) throw helloFault("A ClientHello in too many records");
      this.#message = concatBytes([this.#message, this.#raw.subarray(start, start + size)]);
      this.#at = start + size;
      const hello = this.#takeHello();
      if (hello !== undefined) return hello;
    }
  }

  /** As soon as its bytes are there: what is no TLS at all may never send more. */
  #checkRecordHead(): void {
    const seen = this.#raw.length - this.#at;
    if (seen > 0 && this.#byte(0) !== HANDSHAKE) throw helloFault("Something else than TLS");
    const isTls = (seen < 2 || this.#byte(1) === 3) &&
      (seen < 3 || this.#byte(2) >= 1 && this.#byte(2) <= 3);
    if (!isTls) throw helloFault("A TLS record of no known version");
  }

  #takeHello(): ClientHello | undefined {
    const message = this.#message;
    if (message[0] !== CLIENT_HELLO) throw helloFault("Another message than a ClientHello");
    if (message.length < 4) return undefined;
    const length = (message[1] ?? 0) << 16 | (message[2] ?? 0) << 8 | (message[3] ?? 0);
    if (length > MAX_HELLO_BYTES) throw helloFault("A ClientHello larger than 16 KiB");
    if (message.length < 4 + length) return undefined;
    if (message.length > 4 + length) throw helloFault("More than a ClientHello in its record");
    return parseClientHello(message.subarray(4));
  }

  #byte(index: number): number {
    return this.#raw[this.#at + index] ?? 0;
  }
}
