/** HTTP/2 bodies and trailers against what the head said. */

import { type Case, type Group, passes } from "../case.ts";
import { ask, type Fields, POST } from "../http2_moves.ts";
import type { ThreatId } from "../../threats.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n";

/** A length that does not fit what comes. */
const lengths: readonly (readonly [technique: string, length: string, body: string])[] = [
  ["0, and a request in DATA", "0", SMUGGLED],
  ["5, and a request behind", "5", `hello${SMUGGLED}`],
  ["less than it says", "500", "hello"],
  ["a plus", "+5", "hello"],
  ["hexadecimal", "0x5", "hello"],
  ["a list", "5, 5", "hello"],
  ["a blank inside", "0 5", "hello"],
  ["a line's end behind", "5\r\nx: y", "hello"],
  ["empty", "", "hello"],
  ["of 20 digits", "18446744073709551621", "hello"],
];

/** Trailers that are refused with all that came before. */
const bad: readonly (readonly [technique: string, fields: Fields])[] = [
  ["a pseudo field", [[":path", "/smuggled"]]],
  ["an upper-case name", [["X", "y"]]],
  ["a line's end in a value", [["x", "y\r\n\r\nGET /smuggled HTTP/1.1"]]],
  ["a line's end in a name", [["x: y\r\nz", "a"]]],
  ["transfer-encoding", [["transfer-encoding", "chunked"]]],
  ["connection", [["connection", "close"]]],
];

/** Trailers that are dropped, each beside an honest one. */
const dropped: readonly (readonly [line: ThreatId, technique: string, field: Fields[number]])[] = [
  ["trailers", "a length", ["content-length", "0"]],
  ["trailers", "a host", ["host", "{denied}"]],
  ["own-trailer", "authorization", ["authorization", "Bearer {theirs}"]],
  ["own-trailer", "x-api-key", ["x-api-key", "{theirs}"]],
  ["own-trailer", "a cookie", ["cookie", "a={theirs}"]],
];

/** Bodies. */
export const http2Bodies: Group = {
  title: "bodies of HTTP/2",
  cases: [
    ...lengths.map(([technique, length, body]): Case => ({
      line: "h2-length",
      technique,
      place: "HTTP/2 body",
      run: ask([...POST, ["content-length", length]], body),
      expect: {
        sink: { hasNot: ["/smuggled", "\r\nx: y"] },
        rows: ["protocol"],
        heard: { hasNot: [":status: 200"] },
      },
    })),
    {
      line: "h2-length",
      technique: "two of them",
      place: "HTTP/2 body",
      run: ask([...POST, ["content-length", "5"], ["content-length", "0"]], "hello"),
      expect: { sink: "nothing", rows: ["protocol"] },
    },
    {
      line: "h2-length",
      technique: "5, and no body",
      place: "HTTP/2 head",
      run: ask([...POST, ["content-length", "5"]]),
      expect: { sink: "nothing", rows: ["protocol"] },
    },
    {
      line: "h2-length",
      technique: "content_length beside DATA",
      place: "HTTP/2 body",
      run: ask([...POST, ["content_length", "0"]], "hello"),
      expect: { sink: "nothing", rows: ["protocol"] },
    },
    {
      line: "h2-length",
      technique: "a body that looks like chunks stays inside its chunk",
      place: "HTTP/2 body",
      run: ask(POST, `0\r\n\r\n${SMUGGLED}`),
      expect: passes({
        has: ["chunked\r\n", "0\r\n\r\nGET /smuggled"],
        hasNot: ["\r\n\r\n0\r\n\r\nGET"],
      }),
    },
    ...bad.map(([technique, fields]): Case => ({
      line: "trailers",
      technique,
      place: "HTTP/2 trailers",
      run: ask(POST, "hello", fields),
      expect: {
        sink: { hasNot: ["/smuggled", "\r\n0\r\n"] },
        rows: ["protocol"],
        heard: { hasNot: [":status: 200"] },
      },
    })),
    ...dropped.map(([line, technique, field]): Case => ({
      line,
      technique,
      place: "HTTP/2 trailers",
      run: ask(POST, "hello", [field, ["x-sum", "7"]]),
      expect: passes({ has: ["\r\n0\r\nx-sum: 7\r\n\r\n"], hasNot: ["{theirs}", "{denied}"] }),
    })),
  ],
};
