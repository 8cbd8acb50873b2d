/** One side's frames on their way out: of the messages that pass, and the close that the proxy itself sends. */

import { type CloseCodeNumber, writeClose } from "../../../lib/egress/websocket/close.ts";
import { type FrameToWrite, writeFrame } from "../../../lib/egress/websocket/frame_writer.ts";
import { MaskKeys } from "../../../lib/egress/websocket/masking.ts";
import { Opcode } from "../../../lib/egress/websocket/opcode.ts";
import type { ByteDuplex } from "../body/body.ts";
import { Output } from "../body/output.ts";

/** Writes frames, whole ones only, one after the other whoever asks for it. */
export class FrameSink {
  readonly #duplex: ByteDuplex;
  readonly #output: Output;
  readonly #keys: MaskKeys | undefined;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param isServer it goes to the upstream, and so it is masked */
  constructor(duplex: ByteDuplex, isServer: boolean) {
    this.#duplex = duplex;
    this.#keys = isServer ? new MaskKeys() : undefined;
    this.#output = new Output((bytes) => duplex.write(bytes));
  }

  /** Whether it is time to flush, though more could be added. */
  get isFull(): boolean {
    return this.#output.isFull;
  }

  /** Holds a frame. Behind a close nothing goes out. */
  add(frame: FrameToWrite, payload: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    this.#isClosed = frame.opcode === Opcode.close;
    this.#output.add(writeFrame(frame, payload, this.#keys?.next()));
  }

  /** Writes what is held. @throws {BottleError} `client-closed`, `upstream-closed` */
  flush(): Promise<void> {
    return this.#last = this.#last.then(() => this.#output.flush());
  }

  /** Ends our direction, behind what is held. @throws {BottleError} as {@linkcode FrameSink.flush} */
  async end(): Promise<void> {
    await this.flush();
    this.#duplex.end();
  }

  /** Closes the WebSocket, unless a close has gone out, and ends our direction. Never rejects. */
  async close(code: CloseCodeNumber, text: string): Promise<void> {
    const payload = writeClose(code, new TextEncoder().encode(text));
    this.add({ opcode: Opcode.close, isFinal: true, isCompressed: false }, [payload]);
    try {
      await this.end();
    } catch {
      // Whoever does not take it is cut off anyway.
    }
  }
}
