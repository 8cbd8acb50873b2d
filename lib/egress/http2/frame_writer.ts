/** Writes frames into one buffer, to be sent in as few pieces as there are waits for the network. */

import { Flag, FRAME_HEAD_BYTES, FrameType, PREFACE } from "./frame.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";
import type { Setting } from "./settings.ts";

const FIRST_BYTES = 4 * 1024;
/** A larger buffer is not kept for the next time. */
const KEPT_BYTES = 128 * 1024;

/** Holds frames until they are taken. No frame is larger than any peer must take. */
export class FrameWriter {
  #buffer = new Uint8Array(FIRST_BYTES);
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Takes what waits: valid until it is taken the next time. Undefined: nothing does. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const taken = this.#buffer.subarray(0, this.#length);
    const next = this.#spare ?? new Uint8Array(FIRST_BYTES);
    this.#spare = this.#buffer.length <= KEPT_BYTES ? this.#buffer : undefined;
    this.#buffer = next;
    this.#length = 0;
    return taken;
  }

  preface(): void {
    this.#append(PREFACE);
  }

  data(streamId: number, data: Uint8Array, isEnd: boolean): void {
    this.#head(data.length, FrameType.data, isEnd ? Flag.endStream : 0, streamId);
    this.#append(data);
  }

  headers(streamId: number, block: Uint8Array, isEnd: boolean): void {
    let type: number = FrameType.headers;
    let flags: number = isEnd ? Flag.endStream : 0;
    for (let at = 0;; at += MAX_FRAME_BYTES) {
      const part = block.subarray(at, at + MAX_FRAME_BYTES);
      const isLast = at + part.length === block.length;
      this.#head(part.length, type, isLast ? flags | Flag.endHeaders : flags, streamId);
      this.#append(part);
      if (isLast) return;
      type = FrameType.continuation;
      flags = 0;
    }
  }

  reset(streamId: number, code: number): void {
    this.#head(4, FrameType.reset, 0, streamId);
    this.#uint32(code);
  }

  settings(settings: readonly Setting[]): void {
    this.#head(settings.length * 6, FrameType.settings, 0, 0);
    for (const [id, value] of settings) {
      this.#buffer[this.#length++] = id >>> 8;
      this.#buffer[this.#length++] = id;
      this.#uint32(value);
    }
  }

  settingsAck(): void {
    this.#head(0, FrameType.settings, Flag.ack, 0);
  }

  ping(): void {
    this.#head(8, FrameType.ping, 0, 0);
    this.#append(new Uint8Array(8));
  }

  /** @param payload eight bytes */
  pingAck(payload: Uint8Array): void {
    this.#head(8, FrameType.ping, Flag.ack, 0);
    this.#append(payload);
  }

  goAway(lastStreamId: number, code: number): void {
    this.#head(8, FrameType.goAway, 0, 0);
    this.#uint32(lastStreamId);
    this.#uint32(code);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#head(4, FrameType.windowUpdate, 0, streamId);
    this.#uint32(increment);
  }

  /** Makes room for the payload too. */
  #head(length: number, type: number, flags: number, streamId: number): void {
    this.#reserve(FRAME_HEAD_BYTES + length);
    const buffer = this.#buffer;
    buffer[this.#length++] = length >>> 16;
    buffer[this.#length++] = length >>> 8;
    buffer[this.#length++] = length;
    buffer[this.#length++] = type;
    buffer[this.#length++] = flags;
    this.#uint32(streamId);
  }

  #uint32(value: number): void {
    const buffer = this.#buffer;
    buffer[this.#length++] = value >>> 24;
    buffer[this.#length++] = value >>> 16;
    buffer[this.#length++] = value >>> 8;
    buffer[this.#length++] = value;
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + bytes));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
