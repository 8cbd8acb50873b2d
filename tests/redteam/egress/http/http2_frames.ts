/** HTTP/2 frames that make the proxy work, wait or remember. */

import { concatBytes } from "../../../../lib/concat_bytes.ts";
import {
  block,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  settings,
  text,
  Type,
  uint32,
} from "../../../support/egress/http2/frames.ts";
import { type Case, type Expectation, type Group } from "../case.ts";
import { fillFields, GET, inHttp2 } from "../http2_moves.ts";
import type { Stage } from "../stage.ts";
import type { ThreatId } from "../../threats.ts";

type Row = readonly [
  line: ThreatId,
  technique: string,
  frames: (stage: Stage) => readonly Uint8Array[],
  reason: "protocol" | "too-many",
];

const first = (stage: Stage): Uint8Array => block(fillFields(stage, GET));
const repeated = (count: number, bytes: Uint8Array): Uint8Array =>
  concatBytes(new Array<Uint8Array>(count).fill(bytes));
const more = (size: number): Uint8Array =>
  frame(Type.continuation, 0, 1, new Uint8Array(size).fill(0x20));
/** The beginning of a header block that goes on. */
const begun = (stage: Stage): Uint8Array => frame(Type.headers, END_STREAM, 1, first(stage));
const ping = frame(Type.ping, 0, 0, new Uint8Array(8));

/** Each ends the connection before anything has gone out. */
const rows: readonly Row[] = [
  [
    "h2-continuation",
    "empty ones",
    (stage) => [begun(stage), repeated(5_000, more(0))],
    "too-many",
  ],
  ["h2-continuation", "of a byte", (stage) => [begun(stage), repeated(5_000, more(1))], "too-many"],
  [
    "h2-continuation",
    "of 16 kB",
    (stage) => [begun(stage), repeated(70, more(16_384))],
    "too-many",
  ],
  ["h2-continuation", "of another stream", (stage) => [
    begun(stage),
    frame(Type.continuation, END_HEADERS, 3),
  ], "protocol"],
  ["h2-continuation", "with another frame between", (stage) => [begun(stage), ping], "protocol"],
  ["h2-continuation", "without a beginning", () => [frame(Type.continuation, 4, 1)], "protocol"],
  ["h2-frames", "DATA on stream 0", () => [data(0, text("x"))], "protocol"],
  ["h2-frames", "DATA before its head", () => [data(1, text("x"))], "protocol"],
  ["h2-frames", "an even stream", (stage) => [headers(2, fillFields(stage, GET))], "protocol"],
  ["h2-frames", "a frame of 2^24", () => [frame(Type.data, 0, 1, [], 0xffffff)], "protocol"],
  ["h2-frames", "PUSH_PROMISE", () => [frame(Type.push, 4, 1, uint32(2))], "protocol"],
  ["h2-frames", "a window over 2^31", () => [
    frame(Type.windowUpdate, 0, 0, uint32(0x7fffffff)),
    frame(Type.windowUpdate, 0, 0, uint32(0x7fffffff)),
  ], "protocol"],
  ["h2-frames", "a window that grows by nothing", () => [
    frame(Type.windowUpdate, 0, 0, uint32(0)),
  ], "protocol"],
  ["h2-frames", "a first window of 2^31", () => [settings([4, 0x80000000])], "protocol"],
  ["h2-frames", "SETTINGS that end inside a setting", () => [
    frame(Type.settings, 0, 0, [0, 1, 0]),
  ], "protocol"],
  ["h2-frames", "a padding longer than its frame", () => [
    frame(Type.headers, 8 | END_HEADERS, 1, [200, 0]),
  ], "protocol"],
  ["h2-frames", "20,000 PINGs", () => [repeated(20_000, ping)], "too-many"],
  ["h2-frames", "20,000 SETTINGS", () => [repeated(20_000, settings())], "too-many"],
  ["h2-frames", "20,000 PRIORITYs", () => [
    repeated(20_000, frame(Type.priority, 0, 1, [...uint32(0), 1])),
  ], "too-many"],
  ["h2-bomb", "an index that is not there", () => [
    frame(Type.headers, 5, 1, [0xff, 0x80, 0x01]),
  ], "protocol"],
  ["h2-bomb", "an integer without end", () => [
    frame(Type.headers, 5, 1, [0xff, ...new Array<number>(100).fill(0xff)]),
  ], "protocol"],
  ["h2-bomb", "a table of 16 MB", () => [
    frame(Type.headers, 5, 1, [0x3f, 0xe1, 0xff, 0xff, 0x07]),
  ], "protocol"],
  ["h2-bomb", "Huffman's end-of-string inside", () => [
    frame(Type.headers, 5, 1, [0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00]),
  ], "protocol"],
];

const ended = (reason: "protocol" | "too-many"): Expectation => ({
  sink: "nothing",
  rows: [reason],
  heard: { has: ["GOAWAY code "], hasNot: ["GOAWAY code 0", ":status: 200"] },
});

/** A field of 4 kB in the table, and 10,000 times one byte that stands for it: 40 MB. */
function bomb(stage: Stage): Uint8Array[] {
  const entry = Uint8Array.of(0x40, 1, 120, 0x7f, 0xc1, 0x1e, ...new Array<number>(4_000).fill(97));
  const whole = concatBytes([first(stage), entry, new Uint8Array(10_000).fill(0xbe)]);
  return [frame(Type.headers, 5, 1, whole)];
}

/** One after the other, each taken back at once. */
function rapidReset(count: number): (stage: Stage) => Uint8Array[] {
  return (stage) => {
    const fields = fillFields(stage, GET);
    return Array.from({ length: count }, (_, at) => 2 * at + 1).flatMap((id) => [
      headers(id, fields),
      frame(Type.reset, 0, id, uint32(8)),
    ]);
  };
}

/** Frames. */
export const http2Frames: Group = {
  title: "frames of HTTP/2",
  cases: [
    ...rows.map(([line, technique, frames, reason]): Case => ({
      line,
      technique,
      place: "HTTP/2 frames",
      run: inHttp2("{open}", frames, Infinity),
      expect: ended(reason),
    })),
    {
      line: "h2-bomb",
      technique: "10,000 times one field of 4 kB",
      place: "HTTP/2 head",
      run: inHttp2("{open}", bomb),
      expect: { sink: "nothing", rows: ["too-large"], heard: { hasNot: [":status: 200"] } },
    },
  ],
};

/** Floods of requests: how many rows they leave depends on how far they got. */
export const http2Floods: Group = {
  title: "floods of HTTP/2",
  cases: [
    {
      line: "h2-reset",
      technique: "5,000 requests, each taken back",
      place: "HTTP/2 frames",
      run: inHttp2("{open}", rapidReset(5_000), Infinity),
      expect: { sink: {}, heard: { has: ["GOAWAY code 11"] } },
    },
    {
      line: "h2-reset",
      technique: "5,000 requests with a fault, each reset by the proxy",
      place: "HTTP/2 frames",
      run: inHttp2(
        "{open}",
        (stage) =>
          Array.from({ length: 5_000 }, (_, at) =>
            frame(
              Type.headers,
              4,
              2 * at + 1,
              concatBytes([first(stage), Uint8Array.of(0, 1, 88, 0)]),
            )),
        Infinity,
      ),
      expect: { sink: "nothing", heard: { has: ["GOAWAY code 11"] } },
    },
    {
      line: "h2-reset",
      technique: "1,000 requests at once: those above the limit are refused",
      place: "HTTP/2 frames",
      run: inHttp2("{open}", (stage) => {
        const fields = fillFields(stage, GET);
        return Array.from({ length: 1_000 }, (_, at) => headers(2 * at + 1, fields));
      }, 1_000),
      expect: { sink: { has: ["GET /front HTTP/1.1"] }, heard: { has: ["code 7"] } },
    },
  ],
};
