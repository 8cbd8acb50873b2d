/** A client that sends frames byte for byte as it is told. */

import { Buffer } from "node:buffer";
import type { Proxy } from "../proxy.ts";
import type { Wire } from "../wire.ts";
import { PREFACE, type RawFrame, readFrames, settings } from "./frames.ts";

/** A connection of raw frames inside a tunnel. */
export interface RawClient {
  readonly wire: Wire;
  /** Sends bytes; nothing happens if the other side is gone. */
  send(...frames: readonly Uint8Array[]): Promise<void>;
  /** Waits for a frame; those before it are dropped. @throws if the connection ends before */
  until(wanted: (frame: RawFrame) => boolean): Promise<RawFrame>;
  /** Everything up to the end of the connection. */
  rest(): Promise<readonly RawFrame[]>;
}

/** Opens a tunnel, and greets unless told otherwise. @param authority with its port */
export async function connectRaw(
  proxy: Proxy,
  authority: string,
  isGreeting = true,
): Promise<RawClient> {
  const wire = await proxy.tunnel(authority, undefined, ["h2"]);
  const send = async (...frames: readonly Uint8Array[]): Promise<void> => {
    try {
      for (const bytes of frames) await wire.write(bytes);
    } catch {
      // What it said before it went is read all the same.
    }
  };
  if (isGreeting) await send(PREFACE, settings());
  return {
    wire,
    send,
    async until(wanted): Promise<RawFrame> {
      for (;;) {
        const head = await wire.exactly(9);
        const length = Buffer.from(`\0${head}`, "latin1").readUInt32BE(0);
        const bytes = Buffer.from(head + await wire.exactly(length), "latin1");
        const [found] = readFrames(bytes).frames;
        if (found !== undefined && wanted(found)) return found;
      }
    },
    async rest(): Promise<readonly RawFrame[]> {
      const { text } = await wire.rest();
      return readFrames(Buffer.from(text, "latin1")).frames;
    },
  };
}
