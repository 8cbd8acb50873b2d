/** Limits of the HTTP/2 codec and its connections. Whatever is over one of them is refused, never cut. */

import { MAX_HEAD_BYTES, MAX_HEADERS, MAX_TRAILER_BYTES, MAX_TRAILERS } from "../http1/limits.ts";

/** Payload of a frame that we take: RFC 9113's least, which we never raise. */
export const MAX_FRAME_BYTES = 16_384;
/** What a HPACK table begins with, and what ours stay at. */
export const TABLE_BYTES = 4_096;
/** RFC 9113, 6.9.2: what every window begins with. */
export const FIRST_WINDOW_BYTES = 65_535;
/** RFC 9113, 6.9.1: no window grows beyond. */
export const MAX_WINDOW_BYTES = 2 ** 31 - 1;
/** Settings of one frame: there are not ten that mean anything. */
export const MAX_SETTINGS = 64;
/** Streams that are over, and of which it is remembered how: late frames of those that we have reset are let pass. */
export const REMEMBERED_STREAMS = 1_000;

/** Bounds of a head, as for HTTP/1.1: name, value and 32 bytes for each field (RFC 9113, 6.5.2). */
export const headLimits: FieldLimits = { bytes: MAX_HEAD_BYTES, count: MAX_HEADERS };
/** Bounds of a trailer section. */
export const trailerLimits: FieldLimits = { bytes: MAX_TRAILER_BYTES, count: MAX_TRAILERS };

/** Bounds of a list of fields. */
export interface FieldLimits {
  readonly bytes: number;
  readonly count: number;
}

/** What refills with time, and bounds how often a thing may happen. */
export interface Budget {
  /** How often at once. */
  readonly burst: number;
  /** How often a second, in the long run. */
  readonly perSecond: number;
}

/** Limits of one connection; tests hand in smaller ones. */
export interface Http2Limits {
  /** Streams that the other side may have open at once. */
  readonly streams: number;
  /** Bytes of one header block as it is sent, compressed. */
  readonly blockBytes: number;
  /** CONTINUATION frames of one header block (CVE-2024-27316). */
  readonly continuations: number;
  /** Streams that come to nothing: reset by the client, or by us for its fault (CVE-2023-44487). As nghttp2 has it. */
  readonly resets: Budget;
  /** Frames that move nothing: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA (CVE-2019-9511 to 9518). */
  readonly idleFrames: Budget;
  /** How many of those each frame earns that does move something: a reader acknowledges what it reads. */
  readonly idleFramesEarned: number;
  /** Bytes that may wait for the connection to take them, before a stream waits with its next ones. */
  readonly outputBytes: number;
  /** Answers to frames that may wait so, before the connection ends: a client that asks and does not read. */
  readonly controlBytes: number;
  /** How much of one stream may be under way to us: it grows up to this for a reader that keeps up. */
  readonly streamWindowBytes: number;
  /** How much the grown windows of a connection's streams may hold together. */
  readonly grownWindowBytes: number;
  /** How much of a connection may be under way. */
  readonly connectionWindowBytes: number;
  /** A connection that has been silent for so long is asked whether it is there before another request relies on it. */
  readonly quietMs: number;
  /** How long it has to say so: a path that drops everything looks like a model that thinks. */
  readonly pingMs: number;
}

/** What is in force unless told otherwise. */
export const defaultHttp2Limits: Http2Limits = {
  streams: 100,
  blockBytes: MAX_HEAD_BYTES,
  continuations: 8,
  resets: { burst: 1_000, perSecond: 33 },
  idleFrames: { burst: 4_000, perSecond: 500 },
  idleFramesEarned: 4,
  outputBytes: 64 * 1024,
  controlBytes: 256 * 1024,
  streamWindowBytes: 1024 * 1024,
  grownWindowBytes: 16 * 1024 * 1024,
  connectionWindowBytes: 16 * 1024 * 1024,
  quietMs: 10_000,
  pingMs: 10_000,
};
