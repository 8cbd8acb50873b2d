/** Frames of a WebSocket: mutated ones, and a reader that says what is wrong with those that come. */

import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { concatBytes } from "../../../../lib/concat_bytes.ts";
import { closing, frame } from "../../../support/egress/websocket.ts";
import type { Random } from "../../random.ts";
import { HIDDEN_PATH } from "../upstream.ts";

const MAX_MUTATIONS = 3;
/** The ending that RFC 7692, 7.2.1 takes off. */
const FLUSH_BYTES = 4;
const CLOSE = 8;

/** First bytes of frames that may not be, or not everywhere. */
const FIRSTS = [
  0x00,
  0x01,
  0x09,
  0x0f,
  0x80,
  0x82,
  0x83,
  0x88,
  0x89,
  0x8b,
  0x91,
  0xa1,
  0xc0,
  0xc1,
  0xc9,
] as const;

/** What follows them: lengths that lie, or are too long for what they say. */
const LENGTHS = [
  "\x80",
  "\x00",
  "\xfe\x00\x01",
  "\x7e\x00\x01",
  "\x7f\x80\0\0\0\0\0\0\x01",
  "\xff\0\0\0\x7f\xff\xff\xff\xff",
] as const;

function originals(isMasked: boolean): readonly [string, ...string[]] {
  const deflated = deflateRawSync("hello, hello, hello").subarray(0, -FLUSH_BYTES);
  return [
    frame(0x81, "hello", isMasked),
    frame(0x82, "\x80\xff".repeat(100), isMasked),
    frame(0x89, "ping", isMasked),
    frame(0x8a, "", isMasked),
    frame(0x01, "part", isMasked) + frame(0x80, "ed", isMasked),
    frame(0x81, `GET ${HIDDEN_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, isMasked),
    frame(0x82, "x".repeat(70_000), isMasked),
    frame(0xc1, deflated.toString("latin1"), isMasked),
    frame(0x88, closing(1000, "bye"), isMasked),
  ];
}

/** A few frames, mutated. @param isMasked a client's */
export function mutatedWebSocket(random: Random, isMasked: boolean): Uint8Array {
  const seeds = originals(isMasked);
  let list = Array.from({ length: 1 + random.below(4) }, () => random.pick(seeds));
  for (let left = 1 + random.below(MAX_MUTATIONS); left > 0; left--) {
    const at = random.below(list.length);
    list = [...list.slice(0, at), ...mutate(random, list[at] ?? ""), ...list.slice(at + 1)];
  }
  return Buffer.from(list.join(""), "latin1");
}

function mutate(random: Random, text: string): readonly string[] {
  const at = random.below(text.length + 1);
  const anyCharacter = String.fromCharCode(random.below(256));
  switch (random.below(7)) {
    case 0:
      return [text.slice(0, at)];
    case 1:
      return [text, text];
    case 2:
      return [text.slice(0, at) + anyCharacter + text.slice(at + 1)];
    case 3: {
      const head = random.below(8);
      return [text.slice(0, head) + anyCharacter + text.slice(head + 1)];
    }
    case 4:
      return [String.fromCharCode(random.pick(FIRSTS)) + text.slice(1)];
    case 5:
      return [String.fromCharCode(random.pick(FIRSTS)) + random.pick(LENGTHS), text];
    default:
      return ["", text.slice(at)];
  }
}

/** Reads what the proxy sends to one side, as strictly as RFC 6455 and RFC 7692 allow. */
export class FrameCheck {
  readonly #isMasked: boolean;
  readonly #isDeflate: boolean;
  #rest: Uint8Array = new Uint8Array();
  #isFragmented = false;
  /** A close has come. */
  hasClosed = false;
  /** The first thing that was wrong. */
  fault: string | undefined;

  constructor(isMasked: boolean, isDeflate: boolean) {
    this.#isMasked = isMasked;
    this.#isDeflate = isDeflate;
  }

  take(piece: Uint8Array): void {
    this.#rest = concatBytes([this.#rest, piece]);
    for (;;) {
      const size = this.#one();
      if (size === undefined || this.fault !== undefined) return;
      this.#rest = this.#rest.slice(size);
    }
  }

  /** Looks at one frame. @returns its size; undefined: it is not whole */
  #one(): number | undefined {
    const [first, second] = this.#rest;
    if (first === undefined || second === undefined) return undefined;
    const short = second & 127;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (this.#rest.length < 2 + extended) return undefined;
    const length = extended === 0
      ? short
      : this.#rest.subarray(2, 2 + extended).reduce((sum, byte) => sum * 256 + byte, 0);
    this.fault ??= this.#faultOf(first, (second & 128) !== 0, length, short);
    const size = 2 + extended + (this.#isMasked ? 4 : 0) + length;
    if (this.#rest.length < size) return undefined;
    if ((first & 15) === CLOSE) this.hasClosed = true;
    if ((first & 15) < CLOSE) this.#isFragmented = (first & 128) === 0;
    return size;
  }

  #faultOf(first: number, isMasked: boolean, length: number, short: number): string | undefined {
    const opcode = first & 15;
    const isFinal = (first & 128) !== 0;
    const isControl = opcode >= CLOSE;
    if (this.hasClosed) return "a frame after the close";
    if (isMasked !== this.#isMasked) return "the wrong masking";
    if ((first & 0x30) !== 0 || ![0, 1, 2, 8, 9, 10].includes(opcode)) return "a reserved bit";
    if ((first & 0x40) !== 0 && (!this.#isDeflate || isControl || opcode === 0)) return "RSV1";
    if (isControl && (!isFinal || length > 125)) return "a control frame in parts";
    if (short === 126 && length < 126 || short === 127 && length < 65_536) return "a long length";
    if (!isControl && (opcode === 0) !== this.#isFragmented) return "a message in a message";
    return undefined;
  }
}
