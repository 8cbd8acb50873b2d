/**
 * What a server must do with a client that keeps RFC 9113 and RFC 7541, or does not: the cases of the published h2spec table that
 * apply to a server without pushes and priorities, named after the sections, and those of this proxy's own, stricter, rules.
 */

import {
  ACK,
  block,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  PADDED,
  PRIORITY,
  settings,
  text,
  Type,
  uint32,
} from "./frames.ts";

/** Error codes of RFC 9113, 7. */
export const Code = {
  protocol: 1,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  compression: 9,
  calm: 11,
} as const;

/** What is to come of it. */
export type Expected =
  /** The connection ends, with this code. */
  | { readonly goAway: number }
  /** Stream 1 is reset with this code, and the connection goes on. */
  | { readonly reset: number }
  /** Stream 1 is answered with this status, and the connection goes on. */
  | { readonly status: number }
  /** Nothing but that the connection goes on. */
  | "alive";

/** One case. */
export interface Case {
  readonly name: string;
  /** After the preface and SETTINGS. */
  readonly send: readonly Uint8Array[];
  readonly expect: Expected;
}

type Fields = readonly (readonly [name: string, value: string])[];

const OPEN = END_HEADERS;
/** The newest field of the dynamic table, again and again. */
const BOMB = new Uint8Array(30).fill(0xbe);
const malformed = { status: 400 } as const;
const protocol = { goAway: Code.protocol } as const;
const size = { goAway: Code.frameSize } as const;
const compression = { goAway: Code.compression } as const;

/** All of them. @param authority of the requests */
export function casesFor(authority: string): readonly Case[] {
  const get: Fields = [[":method", "GET"], [":scheme", "https"], [":path", "/"], [
    ":authority",
    authority,
  ]];
  const post: Fields = [[":method", "POST"], ...get.slice(1)];
  const without = (name: string): Fields => get.filter(([key]) => key !== name);
  const withField = (name: string, value: string): Fields => [...get, [name, value]];
  const whole = headers(1, get);
  const opened = headers(1, post, OPEN);
  const raw = (...bytes: number[]): Uint8Array =>
    frame(Type.headers, END_STREAM | END_HEADERS, 1, [...block(get), ...bytes]);
  return [
    { name: "3.4 a whole request is answered", send: [whole], expect: { status: 200 } },
    {
      name: "4.1 a frame of an unknown type is ignored",
      send: [frame(0x16, 0, 0, [1, 2, 3]), whole],
      expect: { status: 200 },
    },
    {
      name: "4.1 unknown flags are ignored",
      send: [frame(Type.ping, 0x16, 0, new Uint8Array(8)), whole],
      expect: { status: 200 },
    },
    {
      name: "4.1 the reserved bit of a stream's number is ignored",
      send: [frame(Type.ping, 0, 0x8000_0000, new Uint8Array(8)), whole],
      expect: { status: 200 },
    },
    {
      name: "4.2 DATA of 16,384 bytes is taken",
      send: [opened, data(1, new Uint8Array(16_384), END_STREAM)],
      expect: { status: 200 },
    },
    {
      name: "4.2 a DATA frame over MAX_FRAME_SIZE",
      send: [opened, frame(Type.data, 0, 1, [], 16_385)],
      expect: size,
    },
    {
      name: "4.2 a HEADERS frame over MAX_FRAME_SIZE",
      send: [frame(Type.headers, 5, 1, [], 16_385)],
      expect: size,
    },
    { name: "4.3 a header block that does not decode", send: [raw(0x40)], expect: compression },
    {
      name: "4.3 another frame between a header block's frames",
      send: [
        frame(Type.headers, END_STREAM, 1, block(get)),
        frame(Type.ping, 0, 0, new Uint8Array(8)),
      ],
      expect: protocol,
    },
    {
      name: "4.3 HEADERS of another stream between a header block's frames",
      send: [frame(Type.headers, END_STREAM, 1, block(get)), headers(3, get)],
      expect: protocol,
    },
    { name: "5.1 idle: DATA", send: [data(1, text("x"))], expect: protocol },
    { name: "5.1 idle: RST_STREAM", send: [frame(Type.reset, 0, 1, uint32(8))], expect: protocol },
    {
      name: "5.1 idle: WINDOW_UPDATE",
      send: [frame(Type.windowUpdate, 0, 1, uint32(100))],
      expect: protocol,
    },
    { name: "5.1 idle: CONTINUATION", send: [frame(Type.continuation, 4, 1)], expect: protocol },
    {
      name: "5.1 idle: PRIORITY is ignored",
      send: [frame(Type.priority, 0, 1, [...uint32(0), 16]), whole],
      expect: { status: 200 },
    },
    {
      name: "5.1 half-closed (remote): DATA",
      send: [headers(1, withField("x-hold", "1")), data(1, text("x"))],
      expect: { reset: Code.streamClosed },
    },
    {
      name: "5.1 half-closed (remote): HEADERS",
      send: [headers(1, withField("x-hold", "1")), headers(1, get)],
      expect: { reset: Code.streamClosed },
    },
    {
      name: "5.1 closed by the client's RST_STREAM: DATA",
      send: [opened, frame(Type.reset, 0, 1, uint32(8)), data(1, text("x"))],
      expect: { goAway: Code.streamClosed },
    },
    {
      name: "5.1 closed by the client's RST_STREAM: HEADERS",
      send: [opened, frame(Type.reset, 0, 1, uint32(8)), headers(1, get)],
      expect: { goAway: Code.streamClosed },
    },
    {
      name: "5.1 closed by the client's RST_STREAM: WINDOW_UPDATE is let pass",
      send: [
        opened,
        frame(Type.reset, 0, 1, uint32(8)),
        frame(Type.windowUpdate, 0, 1, uint32(9)),
      ],
      expect: "alive",
    },
    { name: "5.1.1 an even stream number", send: [headers(2, get)], expect: protocol },
    {
      name: "5.1.1 a stream number below one that was opened",
      send: [headers(5, withField("x-hold", "1")), headers(3, get)],
      expect: protocol,
    },
    {
      name: "5.3.1 HEADERS that depend on themselves",
      send: [
        frame(Type.headers, END_STREAM | END_HEADERS | PRIORITY, 1, [
          ...uint32(1),
          16,
          ...block(get),
        ]),
      ],
      expect: protocol,
    },
    {
      name: "5.3.1 PRIORITY that depends on itself",
      send: [frame(Type.priority, 0, 1, [...uint32(1), 16])],
      expect: protocol,
    },
    {
      name: "5.3 HEADERS with a priority are answered",
      send: [
        frame(Type.headers, END_STREAM | END_HEADERS | PRIORITY, 1, [
          ...uint32(0x8000_0003),
          255,
          ...block(get),
        ]),
      ],
      expect: { status: 200 },
    },
    {
      name: "5.5 an extension frame in a header block",
      send: [frame(Type.headers, END_STREAM, 1, block(get)), frame(0x16, 0, 0)],
      expect: protocol,
    },
    { name: "6.1 DATA on stream 0", send: [data(0, text("x"))], expect: protocol },
    {
      name: "6.1 a padding as long as its frame",
      send: [opened, frame(Type.data, PADDED | END_STREAM, 1, [5, ...text("test")])],
      expect: protocol,
    },
    {
      name: "6.1 a padded frame without a padding's length",
      send: [opened, frame(Type.data, PADDED, 1)],
      expect: size,
    },
    {
      name: "6.1 padded DATA is taken",
      send: [opened, frame(Type.data, PADDED | END_STREAM, 1, [3, ...text("test"), 0, 0, 0])],
      expect: { status: 200 },
    },
    {
      name: "6.2 HEADERS on stream 0",
      send: [frame(Type.headers, 5, 0, block(get))],
      expect: protocol,
    },
    {
      name: "6.2 HEADERS with a padding longer than they",
      send: [frame(Type.headers, 5 | PADDED, 1, [200, ...block(get)])],
      expect: protocol,
    },
    {
      name: "6.2 padded HEADERS are answered",
      send: [frame(Type.headers, 5 | PADDED, 1, [2, ...block(get), 0, 0])],
      expect: { status: 200 },
    },
    {
      name: "6.3 PRIORITY on stream 0",
      send: [frame(Type.priority, 0, 0, [...uint32(1), 1])],
      expect: protocol,
    },
    {
      name: "6.3 PRIORITY of other than five bytes",
      send: [opened, frame(Type.priority, 0, 1, [0, 0, 0, 3])],
      expect: size,
    },
    {
      name: "6.4 RST_STREAM on stream 0",
      send: [frame(Type.reset, 0, 0, uint32(8))],
      expect: protocol,
    },
    {
      name: "6.4 RST_STREAM of other than four bytes",
      send: [opened, frame(Type.reset, 0, 1, [0, 0, 8])],
      expect: size,
    },
    {
      name: "6.5 an acknowledgement of SETTINGS with a payload",
      send: [frame(Type.settings, ACK, 0, [0, 3, 0, 0, 0, 1])],
      expect: size,
    },
    {
      name: "6.5 SETTINGS on a stream",
      send: [frame(Type.settings, 0, 1)],
      expect: protocol,
    },
    {
      name: "6.5 SETTINGS that end inside a setting",
      send: [frame(Type.settings, 0, 0, [0, 3, 0])],
      expect: size,
    },
    { name: "6.5.2 ENABLE_PUSH of 2", send: [settings([2, 2])], expect: protocol },
    {
      name: "6.5.2 INITIAL_WINDOW_SIZE over 2^31-1",
      send: [settings([4, 0x8000_0000])],
      expect: { goAway: Code.flowControl },
    },
    {
      name: "6.5.2 MAX_FRAME_SIZE below its range",
      send: [settings([5, 16_383])],
      expect: protocol,
    },
    {
      name: "6.5.2 MAX_FRAME_SIZE above its range",
      send: [settings([5, 2 ** 24])],
      expect: protocol,
    },
    {
      name: "6.5.2 an unknown setting is ignored",
      send: [settings([0xff, 1]), whole],
      expect: { status: 200 },
    },
    {
      name: "6.5.3 the last of several values holds",
      send: [settings([4, 100], [4, 1]), whole],
      expect: { status: 200 },
    },
    {
      name: "6.6 PUSH_PROMISE",
      send: [opened, frame(Type.push, 4, 1, uint32(2))],
      expect: protocol,
    },
    {
      name: "6.7 an unasked acknowledgement of PING is ignored",
      send: [frame(Type.ping, ACK, 0, text("unasked!")), whole],
      expect: { status: 200 },
    },
    {
      name: "6.7 PING on a stream",
      send: [frame(Type.ping, 0, 1, new Uint8Array(8))],
      expect: protocol,
    },
    {
      name: "6.7 PING of other than eight bytes",
      send: [frame(Type.ping, 0, 0, new Uint8Array(6))],
      expect: size,
    },
    {
      name: "6.8 GOAWAY on a stream",
      send: [frame(Type.goAway, 0, 1, new Uint8Array(8))],
      expect: protocol,
    },
    {
      name: "6.8 GOAWAY that is too short",
      send: [frame(Type.goAway, 0, 0, new Uint8Array(7))],
      expect: size,
    },
    {
      name: "6.9 WINDOW_UPDATE by 0, of the connection",
      send: [frame(Type.windowUpdate, 0, 0, uint32(0))],
      expect: protocol,
    },
    {
      name: "6.9 WINDOW_UPDATE by 0, of a stream",
      send: [opened, frame(Type.windowUpdate, 0, 1, uint32(0))],
      expect: protocol,
    },
    {
      name: "6.9 WINDOW_UPDATE of other than four bytes",
      send: [frame(Type.windowUpdate, 0, 0, [0, 0, 1])],
      expect: size,
    },
    {
      name: "6.9.1 the connection's window over 2^31-1",
      send: [
        frame(Type.windowUpdate, 0, 0, uint32(0x7fff_ffff)),
        frame(Type.windowUpdate, 0, 0, uint32(0x7fff_ffff)),
      ],
      expect: { goAway: Code.flowControl },
    },
    {
      name: "6.9.1 a stream's window over 2^31-1",
      send: [opened, frame(Type.windowUpdate, 0, 1, uint32(0x7fff_ffff))],
      expect: { reset: Code.flowControl },
    },
    {
      name: "6.9.2 a window over 2^31-1 by SETTINGS",
      send: [opened, frame(Type.windowUpdate, 0, 1, uint32(1000)), settings([4, 0x7fff_ffff])],
      expect: { goAway: Code.flowControl },
    },
    {
      name: "6.10 CONTINUATION ends a header block",
      send: [
        frame(Type.headers, END_STREAM, 1, block(get.slice(0, 2))),
        frame(Type.continuation, 0, 1, block(get.slice(2, 3))),
        frame(Type.continuation, END_HEADERS, 1, block(get.slice(3))),
      ],
      expect: { status: 200 },
    },
    {
      name: "6.10 CONTINUATION on stream 0",
      send: [frame(Type.headers, 0, 1, block(get)), frame(Type.continuation, 4, 0)],
      expect: protocol,
    },
    {
      name: "6.10 CONTINUATION behind a whole header block",
      send: [opened, frame(Type.continuation, 4, 1)],
      expect: protocol,
    },
    {
      name: "6.10 more CONTINUATION frames than a header block needs",
      send: [
        frame(Type.headers, END_STREAM, 1, block(get)),
        ...Array.from({ length: 20 }, () => frame(Type.continuation, 0, 1)),
      ],
      expect: { goAway: Code.calm },
    },
    {
      name: "7 an unknown error code is taken as any other",
      send: [opened, frame(Type.reset, 0, 1, uint32(0xff))],
      expect: "alive",
    },
    {
      name: "8.1 HEADERS without END_STREAM as trailers",
      send: [opened, headers(1, [["x", "y"]], OPEN)],
      expect: { reset: Code.protocol },
    },
    {
      name: "8.1 trailers are taken",
      send: [opened, data(1, text("test")), headers(1, [["x", "y"]])],
      expect: { status: 200 },
    },
    {
      name: "8.1 a pseudo field among trailers",
      send: [opened, headers(1, [[":method", "GET"]])],
      expect: { reset: Code.protocol },
    },
    {
      name: "8.1.1 a body shorter than its Content-Length",
      send: [headers(1, [...post, ["content-length", "5"]], OPEN), data(1, text("test"), 1)],
      expect: malformed,
    },
    {
      name: "8.1.1 a body longer than its Content-Length",
      send: [
        headers(1, [...post, ["content-length", "5"]], OPEN),
        data(1, text("test"), 0),
        data(1, text("test"), 1),
      ],
      expect: malformed,
    },
    {
      name: "8.1.1 a Content-Length without a body",
      send: [headers(1, [...post, ["content-length", "5"]])],
      expect: malformed,
    },
    {
      name: "8.2 an upper-case letter in a field's name",
      send: [headers(1, withField("X-Test", "1"))],
      expect: malformed,
    },
    {
      name: "8.2 an empty field name",
      send: [headers(1, withField("", "1"))],
      expect: malformed,
    },
    {
      name: "8.2 a blank in a field's name",
      send: [headers(1, withField("a b", "1"))],
      expect: malformed,
    },
    {
      name: "8.2 a colon in a field's name",
      send: [headers(1, withField("a:b", "1"))],
      expect: malformed,
    },
    ...["\r", "\n", "\0", "\x1b", "a\r\nx: y"].map((value) => ({
      name: `8.2.1 ${JSON.stringify(value)} in a field's value`,
      send: [headers(1, withField("x-test", `a${value}b`))],
      expect: malformed,
    })),
    ...[" a", "a ", "\ta", "a\t"].map((value) => ({
      name: `8.2.1 a blank around a field's value, ${JSON.stringify(value)}`,
      send: [headers(1, withField("x-test", value))],
      expect: malformed,
    })),
    ...["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].map((
      name,
    ) => ({
      name: `8.2.2 ${name}`,
      send: [headers(1, withField(name, "chunked"))],
      expect: malformed,
    })),
    {
      name: '8.2.2 te other than "trailers"',
      send: [headers(1, withField("te", "trailers, deflate"))],
      expect: malformed,
    },
    {
      name: "8.2.2 te: trailers is taken",
      send: [headers(1, withField("te", "trailers"))],
      expect: { status: 200 },
    },
    {
      name: "8.3 an unknown pseudo field",
      send: [headers(1, [[":test", "ok"], ...get])],
      expect: malformed,
    },
    {
      name: "8.3 a response's pseudo field",
      send: [headers(1, [[":status", "200"], ...get])],
      expect: malformed,
    },
    {
      name: "8.3 a pseudo field behind a field",
      send: [headers(1, [...get.slice(0, 3), ["x", "y"], ...get.slice(3)])],
      expect: malformed,
    },
    ...[":method", ":scheme", ":path", ":authority"].flatMap((name) => [
      { name: `8.3.1 no ${name}`, send: [headers(1, without(name))], expect: malformed },
      {
        name: `8.3.1 ${name} twice`,
        send: [headers(1, [...get, ...get.filter(([key]) => key === name)])],
        expect: malformed,
      },
      {
        name: `8.3.1 an empty ${name}`,
        send: [headers(1, [[name, ""], ...without(name)])],
        expect: malformed,
      },
    ]),
    ...["x", "*", "http://origin.test/", "//a b", "/ä", "/a#\0"].map((path) => ({
      name: `8.3.1 the path ${JSON.stringify(path)}`,
      send: [headers(1, [[":path", path], ...without(":path")])],
      expect: malformed,
    })),
    {
      name: "8.3.1 a scheme that is not the tunnel's",
      send: [headers(1, [[":scheme", "http"], ...without(":scheme")])],
      expect: malformed,
    },
    ...["get", "G ET", "GET / HTTP/1.1\r\n", "A".repeat(33)].map((method) => ({
      name: `8.3.1 the method ${JSON.stringify(method)}`,
      send: [headers(1, [[":method", method], ...without(":method")])],
      expect: malformed,
    })),
    {
      name: "8.3.1 a host other than :authority",
      send: [headers(1, withField("host", "other.test"))],
      expect: malformed,
    },
    {
      name: "8.3.1 two host fields",
      send: [headers(1, [...get, ["host", authority], ["host", authority]])],
      expect: malformed,
    },
    {
      name: "8.3.1 a host that says what :authority says is taken",
      send: [headers(1, withField("host", authority))],
      expect: { status: 200 },
    },
    {
      name: "8.5 CONNECT",
      send: [headers(1, [[":method", "CONNECT"], [":authority", authority]])],
      expect: malformed,
    },
    {
      name: "10.5.1 a header list over the limit, by a small block that names a large field often",
      send: [raw(0x40, 1, 0x78, 0x7f, 0x81, 0x16, ...new Uint8Array(2_944).fill(97), ...BOMB)],
      expect: { status: 431 },
    },
    {
      name: "10.5.1 more fields than the limit",
      send: [
        headers(1, [...get, ...Array.from({ length: 200 }, (_, n) => [`x-${n}`, ""] as const)]),
      ],
      expect: { status: 431 },
    },
    {
      name: "RFC 7541 2.3.3 an index beyond the tables",
      send: [raw(0xff, 0)],
      expect: compression,
    },
    { name: "RFC 7541 6.1 an index of 0", send: [raw(0x80)], expect: compression },
    {
      name: "RFC 7541 4.2 a table size update at a block's end",
      send: [raw(0x20)],
      expect: compression,
    },
    {
      name: "RFC 7541 6.3 a table size over SETTINGS_HEADER_TABLE_SIZE",
      send: [frame(Type.headers, 5, 1, [0x3f, 0xe2, 0x1f, ...block(get)])],
      expect: compression,
    },
    {
      name: "RFC 7541 6.3 a table size within it",
      send: [frame(Type.headers, 5, 1, [0x3f, 0xe1, 0x1f, ...block(get)])],
      expect: { status: 200 },
    },
    {
      name: "RFC 7541 4.2 two table size updates at a block's start",
      send: [frame(Type.headers, 5, 1, [0x20, 0x3f, 0xe1, 0x1f, ...block(get)])],
      expect: { status: 200 },
    },
    {
      name: "RFC 7541 4.2 three of them",
      send: [frame(Type.headers, 5, 1, [0x20, 0x20, 0x20, ...block(get)])],
      expect: compression,
    },
    {
      name: "RFC 7541 5.1 a number that is too large",
      send: [raw(0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)],
      expect: compression,
    },
    {
      name: "RFC 7541 5.2 a text longer than its block",
      send: [raw(0, 10, 0x61)],
      expect: compression,
    },
    {
      name: "RFC 7541 5.2 a Huffman padding of more than seven bits",
      send: [raw(0, 1, 0x61, 0x82, 0x1f, 0xff)],
      expect: compression,
    },
    {
      name: "RFC 7541 5.2 a Huffman padding of zeros",
      send: [raw(0, 1, 0x61, 0x81, 0x18)],
      expect: compression,
    },
    {
      name: "RFC 7541 5.2 the end-of-string symbol",
      send: [raw(0, 1, 0x61, 0x84, 0xff, 0xff, 0xff, 0xff)],
      expect: compression,
    },
  ];
}
