/** The messages of one direction on their way, whatever frames they come in. */

import type { EmitBytes } from "../../../lib/egress/scan/byte_filter.ts";
import type { FrameStep } from "../../../lib/egress/websocket/frame_decoder.ts";
import { Inflater } from "../../../lib/egress/websocket/inflater.ts";
import { MAX_WRITTEN_PAYLOAD } from "../../../lib/egress/websocket/limits.ts";
import type { MessageFilter } from "../../../lib/egress/websocket/message_filter.ts";
import { Opcode, type OpcodeNumber } from "../../../lib/egress/websocket/opcode.ts";
import type { FrameSink } from "./websocket_sink.ts";

/**
 * Passes messages on. Where nothing looks at them their payloads stay as they are, compressed ones too. Where something
 * does, a compressed message is inflated and goes on without compression, which every receiver has to take.
 */
export class MessagePath implements Disposable {
  readonly #sink: FrameSink;
  readonly #filter: MessageFilter | undefined;
  #inflater: Inflater | undefined;
  /** Of the next frame that is written. */
  #opcode: OpcodeNumber = Opcode.continuation;
  #isMarked = false;
  #isInflated = false;
  #isOpen = false;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(sink: FrameSink, filter: MessageFilter | undefined) {
    this.#sink = sink;
    this.#filter = filter;
  }

  /**
   * Takes a step of a message's frame.
   *
   * @throws {BottleError} what {@linkcode Inflater} and the filter throw; `client-closed`, `upstream-closed`
   */
  async take({ frame, data, isEnd }: FrameStep): Promise<void> {
    if (frame === undefined) return;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#opcode = frame.opcode;
      this.#isInflated = frame.isCompressed && this.#filter !== undefined;
      this.#isMarked = frame.isCompressed && this.#filter === undefined;
    }
    if (data.length > 0) await this.#pass(data);
    if (isEnd && frame.isFinal) await this.#endMessage();
    else if (this.#size >= MAX_WRITTEN_PAYLOAD || isEnd && this.#size > 0) await this.#write(false);
  }

  /** Makes its own what it holds of the bytes that were taken: they are about to change. */
  keep(): void {
    const last = this.#parts.pop();
    if (last !== undefined) this.#parts.push(this.#filter === undefined ? last.slice() : last);
  }

  [Symbol.dispose](): void {
    this.#inflater?.[Symbol.dispose]();
  }

  async #pass(data: Uint8Array): Promise<void> {
    if (this.#filter === undefined) this.#add(data);
    else if (this.#isInflated) await this.#inflate().push(data, this.#filterInflated);
    else this.#filter.push(data, this.#addCopy);
  }

  async #endMessage(): Promise<void> {
    if (this.#isInflated) await this.#inflate().endMessage(this.#filterInflated);
    this.#filter?.endMessage(this.#addCopy);
    await this.#write(true);
    this.#isOpen = false;
  }

  readonly #filterInflated = async (inflated: Uint8Array): Promise<void> => {
    this.#filter?.push(inflated, this.#addCopy);
    if (this.#size >= MAX_WRITTEN_PAYLOAD) await this.#write(false);
  };

  /** What a filter lets out is its own again with the next piece. */
  readonly #addCopy: EmitBytes = (part) => this.#add(part.slice());

  #add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#size += part.length;
  }

  #inflate(): Inflater {
    return this.#inflater ??= new Inflater();
  }

  async #write(isFinal: boolean): Promise<void> {
    const frame = { opcode: this.#opcode, isFinal, isCompressed: this.#isMarked };
    this.#sink.add(frame, this.#parts);
    this.#opcode = Opcode.continuation;
    this.#isMarked = false;
    this.#parts = [];
    this.#size = 0;
    if (this.#sink.isFull) await this.#sink.flush();
  }
}
