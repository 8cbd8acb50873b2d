import assert from "node:assert/strict";
import { concatBytes } from "../../../../../lib/concat_bytes.ts";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { FrameReader, type FrameSink } from "../../../../../lib/egress/http2/frame_reader.ts";
import { FrameWriter } from "../../../../../lib/egress/http2/frame_writer.ts";
import { defaultHttp2Limits } from "../../../../../lib/egress/http2/limits.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import {
  frame,
  PREFACE,
  readFrames,
  settings,
  Type,
} from "../../../../support/egress/http2/frames.ts";
import { casesFor } from "../../../../support/egress/http2/rfc9113_cases.ts";

/** A sink that writes down what it is told. */
function recorder(): { readonly events: unknown[]; readonly sink: FrameSink } {
  const events: unknown[] = [];
  return {
    events,
    sink: {
      onData: (id, data, flow, isEnd) => void events.push(["data", id, [...data], flow, isEnd]),
      onHeaders: (id, block, isEnd) => void events.push(["headers", id, [...block], isEnd]),
      onPriority: () => void events.push(["priority"]),
      onReset: (id, code) => void events.push(["reset", id, code]),
      onSettings: (list) => void events.push(["settings", list]),
      onSettingsAck: () => void events.push(["settings ack"]),
      onPing: (payload) => void events.push(["ping", [...payload]]),
      onPingAck: () => void events.push(["ping ack"]),
      onGoAway: (id, code) => void events.push(["goaway", id, code]),
      onWindowUpdate: (id, increment) => void events.push(["window", id, increment]),
      onUnknown: () => void events.push(["unknown"]),
    },
  };
}

/** What a reader makes of pieces: its events, and the code of what it threw. */
function read(pieces: readonly Uint8Array[]): readonly unknown[] {
  const { events, sink } = recorder();
  const reader = new FrameReader(sink, { hasPreface: true, limits: defaultHttp2Limits });
  try {
    for (const piece of pieces) {
      // A buffer that is used again, as a socket's is.
      const lent = piece.slice();
      reader.push(lent);
      lent.fill(0xee);
    }
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    events.push([error.code, error.message]);
  }
  return events;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) =>
    a - b
  );
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const place of [...sorted, bytes.length]) {
    pieces.push(bytes.subarray(from, place));
    from = place;
  }
  return pieces;
}

const streams = casesFor("origin.test").map(({ send }) =>
  concatBytes([PREFACE, settings(), ...send])
);

Deno.test("FrameReader tells the same however a stream is cut", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...streams),
      fc.array(fc.nat(2_000), { maxLength: 12 }),
      (bytes, places) => assert.deepEqual(read(cut(bytes, places)), read([bytes])),
    ),
    { numRuns: 1000 },
  );
});

Deno.test("FrameReader tells the same byte by byte", () => {
  for (const bytes of streams.filter(({ length }) => length < 1_000)) {
    assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), read([bytes]));
  }
});

Deno.test("FrameReader throws nothing but errors of its own at random bytes and random frames", () => {
  const anyFrame = fc.tuple(
    fc.nat(10),
    fc.nat(255),
    fc.oneof(fc.nat(5), fc.nat(2 ** 31)),
    fc.uint8Array({ maxLength: 40 }),
  ).map(([type, flags, id, payload]) => frame(type, flags, id, payload));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(anyFrame, fc.uint8Array({ maxLength: 30 })), { maxLength: 10 }),
      (parts) => void read([PREFACE, settings(), ...parts]),
    ),
    { numRuns: 3000 },
  );
});

Deno.test("FrameReader wants the preface, and SETTINGS first", () => {
  const text = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
  assert.deepEqual(read([text]), [["http2-protocol-error", "Not the preface of HTTP/2"]]);
  const ping = frame(Type.ping, 0, 0, new Uint8Array(8));
  assert.deepEqual(read([PREFACE, ping]), [[
    "http2-protocol-error",
    "The first frame is not SETTINGS",
  ]]);
});

Deno.test("FrameReader says what has begun and not ended", () => {
  const reader = new FrameReader(recorder().sink, { hasPreface: true, limits: defaultHttp2Limits });
  assert.equal(reader.partial, "head");
  reader.push(PREFACE.slice());
  assert.equal(reader.partial, "head");
  reader.push(settings());
  assert.equal(reader.partial, "none");
  reader.push(frame(Type.data, 0, 1, [1, 2, 3]).subarray(0, 10));
  assert.equal(reader.partial, "frame");
  const { count } = reader;
  reader.push(Uint8Array.of(2, 3));
  assert.equal(reader.count, count + 1);
  reader.push(frame(Type.headers, 0, 1, [0x82]));
  assert.equal(reader.partial, "head");
  assert.equal(reader.count, count + 1);
  reader.push(frame(Type.continuation, 4, 1, [0x84]));
  assert.equal(reader.partial, "none");
});

Deno.test("FrameWriter writes what other code reads", () => {
  const writer = new FrameWriter();
  writer.settings([[3, 100], [0x0102, 0x0304_0506]]);
  writer.settingsAck();
  writer.headers(1, new Uint8Array(40_000).fill(7), true);
  writer.data(0x7fff_ffff, Uint8Array.of(1, 2), true);
  writer.reset(3, 8);
  writer.pingAck(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  writer.goAway(5, 0xff);
  writer.windowUpdate(0, 0x7fff_ffff);
  const { frames } = readFrames(writer.take() ?? new Uint8Array());
  assert.deepEqual(
    frames.map(({ type, flags, streamId, payload }) => [type, flags, streamId, payload.length]),
    [
      [Type.settings, 0, 0, 12],
      [Type.settings, 1, 0, 0],
      [Type.headers, 1, 1, 16_384],
      [Type.continuation, 0, 1, 16_384],
      [Type.continuation, 4, 1, 7_232],
      [Type.data, 1, 0x7fff_ffff, 2],
      [Type.reset, 0, 3, 4],
      [Type.ping, 1, 0, 8],
      [Type.goAway, 0, 0, 8],
      [Type.windowUpdate, 0, 0, 4],
    ],
  );
  assert.equal(writer.take(), undefined);
});

Deno.test("FrameWriter leaves what was taken alone until the next time", () => {
  const writer = new FrameWriter();
  writer.data(1, Uint8Array.of(1), false);
  const taken = writer.take();
  const copy = taken?.slice();
  writer.data(3, Uint8Array.of(2), false);
  assert.deepEqual(taken, copy);
});
