/** Chunked bodies that two servers cut differently. The head has gone out: what upstreams must not see is an end, or a second request. */

import { type Case, type Group, passes } from "../case.ts";
import { inTunnel, inTunnelThen } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

const POST = "POST /front HTTP/1.1\r\nHost: {open}\r\nTransfer-Encoding: chunked\r\n\r\n";
const BEHIND = "GET /smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n";

type Row = readonly [line: ThreatId, technique: string, chunks: string];

/** Each behind a good chunk. */
const bad: readonly Row[] = [
  ["chunk-size", "no number", `xyz\r\n${BEHIND}`],
  ["chunk-size", "0x before it", `0x1\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "a plus", `+1\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "a minus", `-1\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "an underscore inside", `0_1\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "a space before it", ` 1\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "a space behind it", `1 \r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "a tab behind it", `1\t\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "a comma behind it", `1,\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "an empty line", `\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "2^64 and one", `10000000000000001\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "2^32 and one, in 17 digits", `00000000100000001\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "LF behind it", `1\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "CR behind it", `1\ra\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "NUL behind it", `1\0\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "data longer than it says", `1\r\nab\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-size", "data without its end", `1\r\na0\r\n\r\n${BEHIND}`],
  ["chunk-size", "LF ends the data", `1\r\na\n0\r\n\r\n${BEHIND}`],
  ["chunk-extension", "LF inside", `1;x\ny\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-extension", "CR inside", `1;x\ry\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["chunk-extension", "NUL inside", `1;x\0\r\na\r\n0\r\n\r\n${BEHIND}`],
  ["trailers", "a folded line", `0\r\nX: a\r\n b\r\n\r\n${BEHIND}`],
  ["trailers", "LF ends the last line", `0\r\nX: a\r\n\n${BEHIND}`],
  ["trailers", "a space before the colon", `0\r\nX : a\r\n\r\n${BEHIND}`],
  ["trailers", "a request in the place of trailers", `0\r\n${BEHIND}`],
];

const huge: readonly Row[] = [
  ["chunk-extension", "one of 3 kB", `1;${"x".repeat(3_000)}\r\na\r\n0\r\n\r\n`],
  ["chunk-extension", "17 kB over many chunks", `1;${"x".repeat(1_000)}\r\na\r\n`.repeat(17)],
  ["trailers", "9 kB", `0\r\nX: ${"x".repeat(9_000)}\r\n\r\n`],
  ["trailers", "33 fields", `0\r\n${"X: a\r\n".repeat(33)}\r\n`],
];

/** Trailers that would change what the head said, and those that may pass. */
const trailers: readonly Case[] = [
  ["framing", "Content-Length: 0\r\nTransfer-Encoding: chunked", "Content-Length: 0"],
  ["routing", "Host: {denied}", "{denied}"],
  ["a credential", "Authorization: Bearer {theirs}", "{theirs}"],
  ["a cookie", "Cookie: a={theirs}", "{theirs}"],
  ["an underscore", "Content_Length: 0", "Content_Length"],
].map(([technique = "", fields = "", gone = ""]) => ({
  line: "trailers",
  technique: `${technique} beside an honest one`,
  place: "trailer",
  run: inTunnel("{open}", `${POST}5\r\nhello\r\n0\r\n${fields}\r\nX-Sum: 7\r\n\r\n`),
  expect: passes({ has: ["0\r\nX-Sum: 7\r\n\r\n"], hasNot: [gone] }),
}));

function cut([line, technique, chunks]: Row, reason: "protocol" | "too-large"): Case {
  return {
    line,
    technique,
    place: "body",
    run: inTunnelThen("{open}", `${POST}5\r\nhello\r\n`, chunks),
    expect: {
      sink: { has: ["hello"], hasNot: ["\r\n0\r\n", "/smuggled HTTP"] },
      rows: [reason],
      marks: ["sent-in-part"],
    },
  };
}

/** Chunks. */
export const chunks: Group = {
  title: "chunked bodies",
  cases: [
    ...bad.map((row) => cut(row, "protocol")),
    ...huge.map((row) => cut(row, "too-large")),
    ...trailers,
    {
      line: "chunk-extension",
      technique: "what it says is dropped",
      place: "body",
      run: inTunnel("{open}", `${POST}5;secret="{theirs}"\r\nhello\r\n0;x\r\n\r\n`),
      expect: passes({ has: ["5\r\nhello\r\n0\r\n\r\n"], hasNot: ["{theirs}", ";"] }),
    },
  ],
};
