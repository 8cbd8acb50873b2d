/** Takes frames out of one direction of a connection, strictly, without collecting them. */

import { MAX_CONTROL_BYTES, MAX_MESSAGE_BYTES } from "./limits.ts";
import { applyMask } from "./masking.ts";
import { isControl, Opcode, type OpcodeNumber, opcodeOf } from "./opcode.ts";
import { malformed, tooLarge } from "./violation.ts";

/** A frame's head. */
export interface FrameHead {
  /** `continuation`: a message goes on. */
  readonly opcode: OpcodeNumber;
  /** It ends its message. */
  readonly isFinal: boolean;
  /** RSV1, on the first frame of a message: it is compressed. */
  readonly isCompressed: boolean;
  /** Bytes of the payload. */
  readonly length: number;
}

/** What one step took. */
export interface FrameStep {
  /** Bytes of the input that are used up. */
  readonly used: number;
  /** The frame at hand; undefined: its head is not whole. */
  readonly frame: FrameHead | undefined;
  /** Payload, unmasked: a view of the input, maybe empty. */
  readonly data: Uint8Array;
  /** The frame is whole. */
  readonly isEnd: boolean;
}

/** What {@linkcode FrameDecoder} takes. */
export interface FrameDecoderOptions {
  /** A client's frames are masked, a server's never. */
  readonly isMasked: boolean;
  /** Whether permessage-deflate was agreed on. */
  readonly isDeflateAgreed: boolean;
  /** Default {@linkcode MAX_MESSAGE_BYTES}. */
  readonly maxMessageBytes?: number;
}

const NOTHING = new Uint8Array();
/** Two bytes, a length of eight, a key of four. */
const MAX_HEAD_BYTES = 14;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** One direction's decoder. */
export class FrameDecoder {
  readonly #options: FrameDecoderOptions;
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  readonly #view = new DataView(this.#head.buffer);
  #filled = 0;
  #frame: FrameHead | undefined;
  #taken = 0;
  #isInMessage = false;
  #messageBytes = 0;

  constructor(options: FrameDecoderOptions) {
    this.#options = options;
  }

  /** Whether a frame, or a message, has begun and is not whole. */
  get isPartial(): boolean {
    return this.#filled > 0 || this.#isInMessage;
  }

  /**
   * Takes the next bytes: at most one frame's.
   *
   * @param input not empty; what is masked is unmasked in place
   * @throws {BottleError} `websocket-malformed` for a reserved bit or opcode, a mask where none belongs or none where one
   * does, a control frame that is long or in parts, a length that is not as short as it can be, a message inside another,
   * a continuation of none; `websocket-too-large`
   */
  step(input: Uint8Array): FrameStep {
    let used = 0;
    while (this.#frame === undefined && used < input.length) {
      this.#head[this.#filled++] = input[used++] ?? 0;
      if (this.#filled === 2) this.#checkMask();
      if (this.#filled === this.#headLength()) this.#frame = this.#takeHead();
    }
    const frame = this.#frame;
    if (frame === undefined) return { used, frame, data: NOTHING, isEnd: false };
    const data = input.subarray(used, used + frame.length - this.#taken);
    if (this.#options.isMasked && data.length > 0) {
      applyMask(data, this.#head.subarray(this.#filled - 4, this.#filled), this.#taken & 3);
    }
    this.#taken += data.length;
    const isEnd = this.#taken === frame.length;
    if (isEnd) this.#endFrame();
    return { used: used + data.length, frame, data, isEnd };
  }

  #endFrame(): void {
    this.#frame = undefined;
    this.#filled = 0;
    this.#taken = 0;
  }

  /** As far as the bytes that are there tell. */
  #headLength(): number {
    if (this.#filled < 2) return 2;
    const short = this.#byte(1) & 0x7f;
    const extended = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    return 2 + extended + (this.#options.isMasked ? 4 : 0);
  }

  /** Before a key is waited for that never comes. */
  #checkMask(): void {
    const { isMasked } = this.#options;
    if ((this.#byte(1) & 0x80) !== 0 === isMasked) return;
    throw malformed(isMasked ? "A frame without a mask" : "A frame with a mask");
  }

  #takeHead(): FrameHead {
    const first = this.#byte(0);
    if ((first & 0x30) !== 0) throw malformed("A reserved bit of a frame is set");
    const opcode = opcodeOf(first & 0x0f);
    if (opcode === undefined) throw malformed("A frame with a reserved opcode");
    const isFinal = (first & 0x80) !== 0;
    const isCompressed = (first & 0x40) !== 0;
    if (isCompressed && !this.#options.isDeflateAgreed) {
      throw malformed("A compressed message without an agreement on it");
    }
    const frame = { opcode, isFinal, isCompressed, length: this.#length() };
    if (isControl(opcode)) checkControl(frame);
    else this.#placeInMessage(frame);
    return frame;
  }

  #placeInMessage({ opcode, isFinal, isCompressed, length }: FrameHead): void {
    const isFirst = opcode !== Opcode.continuation;
    if (isFirst && this.#isInMessage) throw malformed("A message begins inside another");
    if (!isFirst && !this.#isInMessage) throw malformed("A continuation of no message");
    if (!isFirst && isCompressed) throw malformed("A continuation that is marked as compressed");
    this.#messageBytes = (isFirst ? 0 : this.#messageBytes) + length;
    if (this.#messageBytes > (this.#options.maxMessageBytes ?? MAX_MESSAGE_BYTES)) {
      throw tooLarge("A message is longer than the limit");
    }
    this.#isInMessage = !isFinal;
  }

  #length(): number {
    const short = this.#byte(1) & 0x7f;
    if (short < LENGTH_16) return short;
    if (short === LENGTH_16) {
      const length = this.#view.getUint16(2);
      if (length < LENGTH_16) throw malformed("A length that could be shorter");
      return length;
    }
    const length = this.#view.getBigUint64(2);
    if (length > 0x7fff_ffff_ffff_ffffn) throw malformed("A length of 64 bits");
    if (length <= 0xffffn) throw malformed("A length that could be shorter");
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw tooLarge("A frame of 8 PiB and more");
    return Number(length);
  }

  #byte(index: number): number {
    return this.#head[index] ?? 0;
  }
}

function checkControl({ isFinal, isCompressed, length }: FrameHead): void {
  if (!isFinal) throw malformed("A control frame in parts");
  if (isCompressed) throw malformed("A control frame that is marked as compressed");
  if (length > MAX_CONTROL_BYTES) throw malformed("A control frame longer than 125 bytes");
}
