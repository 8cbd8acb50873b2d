/** As much of HTTP/2 (RFC 9113) as a client and an origin with fixed messages need. */

import { concatBytes } from "../../../lib/concat_bytes.ts";

/** Types of frames, section 6. */
export const FrameType = {
  data: 0,
  headers: 1,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;
/** Flags; ACK and END_STREAM share a bit. */
export const Flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;
/** What a client begins with, section 3.4. */
export const PREFACE: Uint8Array = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const HEAD_BYTES = 9;

/** A frame that came; its payload is a view that holds until the next read. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** Writes a frame. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length << 8 | type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** Four bytes, as WINDOW_UPDATE has them. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** A field that goes into no table (RFC 7541, 6.2.2), its name by the static table's index. */
export function literal(index: number, value: string): Uint8Array {
  const text = new TextEncoder().encode(value);
  if (text.length > 126) throw new Error("too long for one byte of length");
  const name = index < 15 ? [index] : [15, index - 15];
  return concatBytes([new Uint8Array([...name, text.length]), text]);
}

/** Takes bytes as they come, hands out whole frames. */
export class FrameReader {
  readonly #conn: Deno.Conn;
  #buffer = new Uint8Array(128 * 1024);
  #from = 0;
  #to = 0;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Takes so many bytes that are no frame. @returns false at the end */
  async skip(count: number): Promise<boolean> {
    while (this.#to - this.#from < count) if (!await this.#fill()) return false;
    this.#from += count;
    return true;
  }

  /** All whole frames that have come, at least one; undefined at the end. */
  async read(): Promise<readonly Frame[] | undefined> {
    for (;;) {
      const frames = this.#take();
      if (frames.length > 0) return frames;
      if (!await this.#fill()) return undefined;
    }
  }

  #take(): readonly Frame[] {
    const frames: Frame[] = [];
    const view = new DataView(this.#buffer.buffer);
    while (this.#to - this.#from >= HEAD_BYTES) {
      const at = this.#from;
      const end = at + HEAD_BYTES + (view.getUint32(at) >>> 8);
      if (end > this.#to) break;
      frames.push({
        type: view.getUint8(at + 3),
        flags: view.getUint8(at + 4),
        stream: view.getUint32(at + 5) & 0x7fffffff,
        payload: this.#buffer.subarray(at + HEAD_BYTES, end),
      });
      this.#from = end;
    }
    return frames;
  }

  async #fill(): Promise<boolean> {
    this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    const count = await this.#conn.read(this.#buffer.subarray(this.#to));
    if (count === null) return false;
    this.#to += count;
    return true;
  }
}
