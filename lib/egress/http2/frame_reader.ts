/** Takes frames out of a stream of bytes, however it is cut, and header blocks out of their frames. */

import { concatBytes } from "../../concat_bytes.ts";
import { connectionError } from "./error_code.ts";
import { Flag, FRAME_HEAD_BYTES, FrameType, PREFACE, readUint31, readUint32 } from "./frame.ts";
import { type Http2Limits, MAX_FRAME_BYTES } from "./limits.ts";
import { parseSettings, type Setting } from "./settings.ts";

/** Told of each frame. What it throws ends the connection. */
export interface FrameSink {
  /** @param data valid during the call @param flowBytes what counts against the windows: padding too */
  onData(streamId: number, data: Uint8Array, flowBytes: number, isEnd: boolean): void;
  /** @param block whole, valid during the call */
  onHeaders(streamId: number, block: Uint8Array, isEnd: boolean): void;
  onPriority(): void;
  /** @param code as it was sent: unknown ones are allowed */
  onReset(streamId: number, code: number): void;
  onSettings(settings: readonly Setting[]): void;
  onSettingsAck(): void;
  /** @param payload eight bytes, valid during the call */
  onPing(payload: Uint8Array): void;
  onPingAck(): void;
  onGoAway(lastStreamId: number, code: number): void;
  /** @param streamId 0: of the connection @param increment not 0 */
  onWindowUpdate(streamId: number, increment: number): void;
  /** A type that nobody here knows. */
  onUnknown(): void;
}

/** What {@linkcode FrameReader} takes. */
export interface FrameReaderOptions {
  /** A client's stream begins with its preface. */
  readonly hasPreface: boolean;
  readonly limits: Pick<Http2Limits, "blockBytes" | "continuations">;
}

interface OpenBlock {
  readonly streamId: number;
  readonly isEnd: boolean;
  readonly parts: Uint8Array[];
  length: number;
}

const PADDED: ReadonlySet<number> = new Set([FrameType.data, FrameType.headers]);
/** Of these types each frame is of a stream, of {@linkcode CONNECTION_TYPES} none is. */
const STREAM_TYPES: ReadonlySet<number> = new Set([
  FrameType.data,
  FrameType.headers,
  FrameType.priority,
  FrameType.reset,
  FrameType.pushPromise,
  FrameType.continuation,
]);
const CONNECTION_TYPES: ReadonlySet<number> = new Set([
  FrameType.settings,
  FrameType.ping,
  FrameType.goAway,
]);
const FIXED_LENGTHS: ReadonlyMap<number, number> = new Map([
  [FrameType.priority, 5],
  [FrameType.reset, 4],
  [FrameType.ping, 8],
  [FrameType.windowUpdate, 4],
]);

/** Reads one side of a connection. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #limits: FrameReaderOptions["limits"];
  #prefaceLeft: number;
  #isFirst = true;
  #count = 0;
  #isStopped = false;
  /** The beginning of a frame whose rest has not come. */
  #held: Uint8Array | undefined;
  #heldLength = 0;
  #block: OpenBlock | undefined;

  constructor(sink: FrameSink, { hasPreface, limits }: FrameReaderOptions) {
    this.#sink = sink;
    this.#limits = limits;
    this.#prefaceLeft = hasPreface ? PREFACE.length : 0;
  }

  /** Frames that have come whole; a header block counts once, however many they are. */
  get count(): number {
    return this.#count;
  }

  /** What has begun, or must begin, and has not ended: there is a clock on it, and on a head a shorter one. */
  get partial(): "none" | "head" | "frame" {
    if (this.#isFirst || this.#block !== undefined) return "head";
    if (this.#heldLength === 0) return "none";
    return this.#heldLength > 3 && this.#held?.[3] === FrameType.data ? "frame" : "head";
  }

  /** Reads no further, not even what has come together with what is being taken. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {BottleError} `http2-…`; nothing more can be read then
   */
  push(bytes: Uint8Array): void {
    let at = this.#takePreface(bytes);
    while (at < bytes.length && !this.#isStopped) {
      if (this.#heldLength > 0) {
        at = this.#fillHeld(bytes, at);
        continue;
      }
      const end = at + FRAME_HEAD_BYTES + lengthOf(bytes, at);
      if (bytes.length - at >= FRAME_HEAD_BYTES) {
        this.#checkHead(bytes, at);
        if (end <= bytes.length) {
          this.#take(bytes, at, end);
          at = end;
          continue;
        }
      }
      this.#held ??= new Uint8Array(FRAME_HEAD_BYTES + MAX_FRAME_BYTES);
      this.#held.set(bytes.subarray(at));
      this.#heldLength = bytes.length - at;
      return;
    }
  }

  #takePreface(bytes: Uint8Array): number {
    let at = 0;
    for (; this.#prefaceLeft > 0 && at < bytes.length; at++, this.#prefaceLeft--) {
      if (bytes[at] === PREFACE[PREFACE.length - this.#prefaceLeft]) continue;
      throw connectionError("protocol-error", "Not the preface of HTTP/2");
    }
    return at;
  }

  /** Completes the head first, and then the frame. */
  #fillHeld(bytes: Uint8Array, from: number): number {
    const held = this.#held;
    if (held === undefined) return from;
    let at = from;
    while (this.#heldLength < FRAME_HEAD_BYTES && at < bytes.length) {
      held[this.#heldLength++] = bytes[at++] ?? 0;
      if (this.#heldLength === FRAME_HEAD_BYTES) this.#checkHead(held, 0);
    }
    if (this.#heldLength < FRAME_HEAD_BYTES) return at;
    const end = FRAME_HEAD_BYTES + lengthOf(held, 0);
    const taken = Math.min(end - this.#heldLength, bytes.length - at);
    held.set(bytes.subarray(at, at + taken), this.#heldLength);
    this.#heldLength += taken;
    if (this.#heldLength === end) {
      this.#heldLength = 0;
      this.#take(held, 0, end);
    }
    return at + taken;
  }

  /** What can be said before the payload is there. */
  #checkHead(bytes: Uint8Array, at: number): void {
    const length = lengthOf(bytes, at);
    const type = bytes[at + 3] ?? 0;
    const streamId = readUint31(bytes, at + 5);
    if (this.#isFirst && type !== FrameType.settings) {
      throw connectionError("protocol-error", "The first frame is not SETTINGS");
    }
    this.#isFirst = false;
    if (length > MAX_FRAME_BYTES) {
      throw connectionError("frame-size-error", `A frame of more than ${MAX_FRAME_BYTES} bytes`);
    }
    const block = this.#block;
    const isOfBlock = type === FrameType.continuation && block?.streamId === streamId;
    if (block === undefined ? type === FrameType.continuation : !isOfBlock) {
      throw connectionError("protocol-error", "A header block and its CONTINUATION are apart");
    }
    if (STREAM_TYPES.has(type) && streamId === 0) {
      throw connectionError("protocol-error", "A frame of a stream, on stream 0");
    }
    if (CONNECTION_TYPES.has(type) && streamId !== 0) {
      throw connectionError("protocol-error", "A frame of the connection, on a stream");
    }
    const fixed = FIXED_LENGTHS.get(type);
    if (fixed !== undefined && length !== fixed) {
      throw connectionError("frame-size-error", "A frame whose length is not its type's");
    }
  }

  #take(bytes: Uint8Array, at: number, end: number): void {
    const type = bytes[at + 3] ?? 0;
    const flags = bytes[at + 4] ?? 0;
    const streamId = readUint31(bytes, at + 5);
    const from = at + FRAME_HEAD_BYTES;
    const payload = PADDED.has(type) && (flags & Flag.padded) !== 0
      ? unpadded(bytes, from, end)
      : bytes.subarray(from, end);
    const isEnd = (flags & Flag.endStream) !== 0;
    const isOpenBlock = type === FrameType.headers || type === FrameType.continuation;
    if (!isOpenBlock || (flags & Flag.endHeaders) !== 0) this.#count++;
    switch (type) {
      case FrameType.data:
        return this.#sink.onData(streamId, payload, end - from, isEnd);
      case FrameType.headers: {
        const block = (flags & Flag.priority) === 0 ? payload : withoutPriority(payload, streamId);
        return this.#takeBlock({ streamId, isEnd, parts: [], length: 0 }, block, flags);
      }
      case FrameType.priority:
        checkDependency(payload, streamId);
        return this.#sink.onPriority();
      case FrameType.reset:
        return this.#sink.onReset(streamId, readUint32(payload, 0));
      case FrameType.settings:
        return this.#takeSettings(payload, flags);
      case FrameType.pushPromise:
        throw connectionError("protocol-error", "A push, which is never asked for");
      case FrameType.ping:
        return (flags & Flag.ack) === 0 ? this.#sink.onPing(payload) : this.#sink.onPingAck();
      case FrameType.goAway:
        if (payload.length < 8) {
          throw connectionError("frame-size-error", "A GOAWAY that is too short");
        }
        return this.#sink.onGoAway(readUint31(payload, 0), readUint32(payload, 4));
      case FrameType.windowUpdate: {
        const increment = readUint31(payload, 0);
        if (increment > 0) return this.#sink.onWindowUpdate(streamId, increment);
        throw connectionError("protocol-error", "A WINDOW_UPDATE by 0");
      }
      case FrameType.continuation:
        if (this.#block !== undefined) this.#takeBlock(this.#block, payload, flags);
        return;
      default:
        return this.#sink.onUnknown();
    }
  }

  #takeSettings(payload: Uint8Array, flags: number): void {
    if ((flags & Flag.ack) === 0) return this.#sink.onSettings(parseSettings(payload));
    if (payload.length > 0) {
      throw connectionError("frame-size-error", "An acknowledgement of SETTINGS with a payload");
    }
    this.#sink.onSettingsAck();
  }

  #takeBlock(block: OpenBlock, part: Uint8Array, flags: number): void {
    const isComplete = (flags & Flag.endHeaders) !== 0;
    const { streamId, isEnd, parts } = block;
    block.length += part.length;
    if (block.length > this.#limits.blockBytes || parts.length > this.#limits.continuations) {
      throw connectionError("enhance-your-calm", "A header block that is too large");
    }
    if (!isComplete) {
      parts.push(part.slice());
      this.#block = block;
      return;
    }
    this.#block = undefined;
    const whole = parts.length === 0 ? part : Uint8Array.from(concatBytes([...parts, part]));
    this.#sink.onHeaders(streamId, whole, isEnd);
  }
}

function lengthOf(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 16 | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0);
}

function unpadded(
  bytes: Uint8Array,
  from: number,
  end: number,
): Uint8Array {
  if (from === end) throw connectionError("frame-size-error", "A padded frame that is empty");
  const padding = bytes[from] ?? 0;
  if (from + 1 + padding > end) {
    throw connectionError("protocol-error", "A padding longer than its frame");
  }
  return bytes.subarray(from + 1, end - padding);
}

function withoutPriority(
  payload: Uint8Array,
  streamId: number,
): Uint8Array {
  if (payload.length < 5) throw connectionError("frame-size-error", "A priority that is too short");
  checkDependency(payload, streamId);
  return payload.subarray(5);
}

/** Priorities mean nothing any more, and this must be refused all the same (RFC 9113, 5.3.1). */
function checkDependency(payload: Uint8Array, streamId: number): void {
  if (readUint31(payload, 0) !== streamId) return;
  throw connectionError("protocol-error", "A stream that depends on itself");
}
