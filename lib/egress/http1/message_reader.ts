/** Reads one message after the other from a stream of bytes. */

import type { BodyDecoder } from "./body_decoder.ts";
import { HeadBuffer } from "./head_buffer.ts";
import { truncated } from "./malformed.ts";

/** Where bytes come from. */
export interface ByteSource {
  /**
   * The next bytes, never empty; valid until the next call.
   *
   * @returns undefined at the stream's clean end
   */
  read(): Promise<Uint8Array | undefined>;
}

const NOTHING = new Uint8Array();

/** Keeps what a read brought beyond the message at hand. */
export class MessageReader {
  readonly #source: ByteSource;
  readonly #head = new HeadBuffer();
  #rest: Uint8Array = NOTHING;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Whether bytes beyond the last message have come already. */
  get hasBuffered(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * The next head's text.
   *
   * @param onFirstByte called when a head begins, to start the clock on a slow sender
   * @returns undefined at a clean end between messages
   * @throws {BottleError} what {@linkcode HeadBuffer.push} throws; `http-truncated` at an end inside the head
   */
  async readHead(onFirstByte?: () => void): Promise<string | undefined> {
    for (;;) {
      let bytes: Uint8Array | undefined = this.#rest;
      if (bytes.length === 0) bytes = await this.#source.read();
      this.#rest = NOTHING;
      if (bytes === undefined) {
        if (this.#head.isPartial) throw truncated("The stream ended inside a head");
        return undefined;
      }
      if (!this.#head.isPartial) onFirstByte?.();
      const head = this.#head.push(bytes);
      if (head !== undefined) {
        this.#rest = head.rest;
        return head.text;
      }
    }
  }

  /**
   * The next piece of a body, valid until the next read.
   *
   * @param beforeWait called before the stream is read: pieces that are still held must go out then, both because
   * they change and because nobody knows how long the next one takes
   * @returns undefined once the body is done
   * @throws {BottleError} what the decoder throws
   */
  async readBody(
    decoder: BodyDecoder,
    beforeWait?: () => Promise<void>,
  ): Promise<Uint8Array | undefined> {
    while (!decoder.isDone) {
      if (this.#rest.length === 0) {
        await beforeWait?.();
        const bytes = await this.#source.read();
        if (bytes === undefined) {
          decoder.end();
          continue;
        }
        this.#rest = bytes;
      }
      const { used, data } = decoder.step(this.#rest);
      this.#rest = this.#rest.subarray(used);
      if (data.length > 0) return data;
    }
    return undefined;
  }

  /** The next bytes as they are, once the connection has left HTTP; undefined at the stream's clean end. */
  async readRaw(): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0) return await this.#source.read();
    const bytes = this.#rest;
    this.#rest = NOTHING;
    return bytes;
  }

  /** Reads everything to nowhere, until the stream ends or breaks. */
  async discard(): Promise<void> {
    this.#rest = NOTHING;
    try {
      while (await this.#source.read() !== undefined);
    } catch {
      // A stream that breaks has ended too.
    }
  }
}
