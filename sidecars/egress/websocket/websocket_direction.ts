/** One direction of a WebSocket: frames read strictly, looked at, written anew. */

import { isBlockReason } from "../../../lib/egress/reason.ts";
import { parseClose, writeClose } from "../../../lib/egress/websocket/close.ts";
import { FrameDecoder, type FrameStep } from "../../../lib/egress/websocket/frame_decoder.ts";
import { MAX_CONTROL_BYTES } from "../../../lib/egress/websocket/limits.ts";
import {
  type MakeByteFilter,
  MessageFilter,
} from "../../../lib/egress/websocket/message_filter.ts";
import { isControl, Opcode } from "../../../lib/egress/websocket/opcode.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { ByteDuplex } from "../body/body.ts";
import { failure } from "../exchange/failure.ts";
import { MessagePath } from "./websocket_message.ts";
import type { FrameSink } from "./websocket_sink.ts";

/** What {@linkcode Direction} takes. */
export interface DirectionOptions {
  readonly from: ByteDuplex;
  readonly to: FrameSink;
  /** From the client, whose frames are masked. */
  readonly isOutbound: boolean;
  readonly isDeflateAgreed: boolean;
  /** Makes what looks at the messages; undefined: nothing does. */
  readonly filter: MakeByteFilter | undefined;
  /** Called for what has come: so many bytes of payloads. */
  readonly onProgress: (bytes: number) => void;
  /** Called where what has come may not pass. From then on it is read to nowhere. */
  readonly onFault: (error: unknown) => void;
}

/** Relays one direction. */
export class Direction implements Disposable {
  readonly #options: DirectionOptions;
  readonly #decoder: FrameDecoder;
  readonly #messages: MessagePath;
  readonly #messageFilter: MessageFilter | undefined;
  /** Apart from the messages: what lies across them must not be hidden by what stands between. */
  readonly #controlFilter: MessageFilter | undefined;
  readonly #control = new Uint8Array(MAX_CONTROL_BYTES);
  #controlSize = 0;
  #isEnding = false;
  /** The sender's close has gone on: nothing else follows. */
  hasClosed = false;

  constructor(options: DirectionOptions) {
    const { filter, isOutbound, isDeflateAgreed, to } = options;
    this.#options = options;
    this.#decoder = new FrameDecoder({ isMasked: isOutbound, isDeflateAgreed });
    this.#messageFilter = filter === undefined ? undefined : new MessageFilter(filter);
    this.#controlFilter = filter === undefined ? undefined : new MessageFilter(filter);
    this.#messages = new MessagePath(to, this.#messageFilter);
  }

  /** Messages that ended inside something looked for. */
  get cutCount(): number {
    return (this.#messageFilter?.cutCount ?? 0) + (this.#controlFilter?.cutCount ?? 0);
  }

  /**
   * Relays to the sender's close, or to its end.
   *
   * @throws {BottleError} `client-closed`, `upstream-closed` when the sender is gone, or ends inside a message
   */
  async run(): Promise<void> {
    const { onFault } = this.#options;
    for (;;) {
      const bytes = await this.#read();
      if (bytes === undefined) return await this.#endInput();
      if (this.#isEnding) continue;
      try {
        await this.#take(bytes);
        if (this.hasClosed) return;
      } catch (error) {
        this.stop();
        onFault(error);
      }
    }
  }

  /** From now on nothing passes: what comes is read to nowhere. */
  stop(): void {
    this.#isEnding = true;
  }

  [Symbol.dispose](): void {
    this.#messages[Symbol.dispose]();
  }

  async #read(): Promise<Uint8Array | undefined> {
    const { from, onFault } = this.#options;
    try {
      return await from.read();
    } catch (error) {
      // A budget that is used up is told to both sides; a sender that is gone needs no telling.
      if (!(error instanceof BottleError) || !isBlockReason(error.code)) throw error;
      this.stop();
      onFault(error);
      return undefined;
    }
  }

  async #endInput(): Promise<void> {
    if (this.#isEnding) return;
    if (this.#decoder.isPartial) {
      throw failure(this.#options.isOutbound ? "client-closed" : "upstream-closed");
    }
    await this.#options.to.end();
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { to, onProgress } = this.#options;
    let payload = 0;
    for (let at = 0; at < bytes.length && !this.hasClosed && !this.#isEnding;) {
      const step = this.#decoder.step(bytes.subarray(at));
      at += step.used;
      payload += step.data.length;
      if (step.frame === undefined) break;
      if (isControl(step.frame.opcode)) this.#takeControl(step);
      else await this.#messages.take(step);
    }
    onProgress(payload);
    this.#messages.keep();
    await to.flush();
  }

  #takeControl({ frame, data, isEnd }: FrameStep): void {
    this.#control.set(data, this.#controlSize);
    this.#controlSize += data.length;
    if (!isEnd || frame === undefined) return;
    const payload = this.#control.slice(0, this.#controlSize);
    this.#controlSize = 0;
    const written = frame.opcode === Opcode.close
      ? this.#filterClose(payload)
      : this.#filterControl(payload);
    this.#options.to.add({ opcode: frame.opcode, isFinal: true, isCompressed: false }, [written]);
    this.hasClosed = frame.opcode === Opcode.close;
  }

  #filterClose(payload: Uint8Array): Uint8Array {
    const close = parseClose(payload);
    if (close === undefined) return payload;
    return writeClose(close.code, this.#filterControl(close.reason));
  }

  #filterControl(payload: Uint8Array): Uint8Array {
    const filter = this.#controlFilter;
    if (filter === undefined || payload.length === 0) return payload;
    const passed = new Uint8Array(payload.length);
    let size = 0;
    const add = (part: Uint8Array): void => {
      passed.set(part, size);
      size += part.length;
    };
    filter.push(payload, add);
    filter.endMessage(add);
    return passed;
  }
}
