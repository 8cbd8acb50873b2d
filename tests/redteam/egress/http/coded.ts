/** Coded bodies: what can't be read can't be looked at, and goes no further. */

import { Buffer } from "node:buffer";
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { type Case, type Group, passes } from "../case.ts";
import { PLACEHOLDERS, TOKENS } from "../hosts.ts";
import { inTunnel } from "../moves.ts";
import { respondWith } from "../sink.ts";
import type { ThreatId } from "../../threats.ts";

type Encode = (text: string) => string;

const coded = (encode: (bytes: Uint8Array) => Uint8Array): Encode => (text) =>
  Buffer.from(encode(Buffer.from(text, "latin1"))).toString("latin1");

const gzip = coded(gzipSync);
const deflate = coded(deflateSync);
const br = coded(brotliCompressSync);
const zstd = coded(zstdCompressSync);

type Row = readonly [line: ThreatId, technique: string, coding: string, encode: Encode];

/** Read, and so looked through. */
const readable: readonly Row[] = [
  ["coded-gzip", "gzip", "gzip", gzip],
  ["coded-gzip", "upper case", "GZIP", gzip],
  ["coded-gzip", "x-gzip", "x-gzip", gzip],
  ["coded-gzip", "two members", "gzip", (text) => gzip(text.slice(0, 20)) + gzip(text.slice(20))],
  ["coded-gzip", "stored, not compressed", "gzip", coded((bytes) => gzipSync(bytes, { level: 0 }))],
  ["coded-deflate", "with zlib's head", "deflate", deflate],
  ["coded-deflate", "without a head", "deflate", coded(deflateRawSync)],
  ["coded-br", "br", "br", br],
  ["coded-zstd", "zstd", "zstd", zstd],
  ["coded-zstd", "two frames", "zstd", (text) => zstd(text.slice(0, 20)) + zstd(text.slice(20))],
  ["coded-nested", "br in gzip", "br, gzip", (text) => gzip(br(text))],
  ["coded-nested", "gzip thrice", "gzip, gzip, gzip", (text) => gzip(gzip(gzip(text)))],
  ["coded-nested", "in two fields", "br\r\nContent-Encoding: gzip", (text) => gzip(br(text))],
  ["coded-nested", "identity among them", "identity, gzip", gzip],
];

/** In a coding that nobody knows: nothing of it goes on. */
const unknown: readonly Row[] = [
  ["coded-lying", "a coding of its own", "x-secret", (text) => text],
  ["coded-lying", "compress", "compress", (text) => text],
  ["coded-lying", "a known coding under an unknown", "gzip, x-secret", gzip],
  [
    "coded-nested",
    "gzip four times",
    "gzip,gzip,gzip,gzip",
    (text) => gzip(gzip(gzip(gzip(text)))),
  ],
];

/** In another than it says: cut off where that shows. */
const lying: readonly Row[] = [
  ["coded-lying", "gzip that is plain", "gzip", (text) => text],
  ["coded-lying", "gzip that is br", "gzip", br],
  ["coded-lying", "br that is gzip", "br", gzip],
  ["coded-lying", "zstd that is gzip", "zstd", gzip],
  ["coded-lying", "gzip that ends early", "gzip", (text) => gzip(text).slice(0, 16)],
];

/** Good, and then not: found, or cut off, whichever comes first. */
const mixed: readonly Row[] = [
  ["coded-lying", "gzip, and plain behind it", "gzip", (text) => gzip("honest") + text],
  ["coded-lying", "a wrong checksum", "gzip", (text) => gzip(text).slice(0, -8) + "\0".repeat(8)],
];

const MEGABYTE = 1024 * 1024;
const zeros = (megabytes: number): Buffer => Buffer.alloc(megabytes * MEGABYTE);

/** Unfold far more than a body may. */
const bombs: readonly Row[] = [
  ["bomb-ratio", "24 MB of zeros in gzip", "gzip", () => gzip(zeros(24).toString("latin1"))],
  ["bomb-ratio", "24 MB of zeros in br", "br", () => br(zeros(24).toString("latin1"))],
  ["bomb-ratio", "24 MB of zeros in zstd", "zstd", () => zstd(zeros(24).toString("latin1"))],
  [
    "bomb-ratio",
    "a gzip in a gzip, a million to one",
    "gzip, gzip",
    () => gzip(gzip(zeros(24).toString("latin1"))),
  ],
];

const SECRET = TOKENS.EGRESS_TOKEN_1;
const [{ value: PLACEHOLDER }] = PLACEHOLDERS;
const GET = "GET /x HTTP/1.1\r\nHost: {keyed}\r\nAccept-Encoding: gzip, x-secret, br\r\n\r\n";

function answer(coding: string, body: string): ReturnType<typeof respondWith> {
  return respondWith(
    `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

function post(coding: string, body: string): string {
  return "POST /x HTTP/1.1\r\nHost: {open}\r\n" +
    `Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function received([line, technique, coding, encode]: Row): Case {
  return {
    line: "echo-coded",
    technique: `${line}: ${technique}`,
    place: "response with the injected value",
    run: inTunnel("{keyed}", GET),
    respond: answer(coding, encode(`before ${SECRET} after`)),
    expect: passes({ has: ["{bearer}"], hasNot: ["x-secret"] }, {
      heard: { has: ["before", "after"], hasNot: [SECRET, "ontent-Encoding"] },
      marks: ["credential-returned"],
    }),
  };
}

function sent([line, technique, coding, encode]: Row): Case {
  return {
    line,
    technique,
    place: "request with a placeholder",
    run: inTunnel("{open}", post(coding, encode(`{"a":"${PLACEHOLDER}"}`))),
    expect: { sink: { hasNot: [PLACEHOLDER] }, rows: ["placeholder"] },
  };
}

function withheld(
  [line, technique, coding, encode]: Row,
  reason: "upstream-unreadable" | "upstream-protocol",
): Case {
  return {
    line,
    technique,
    place: "response with the injected value",
    run: inTunnel("{keyed}", GET),
    respond: answer(coding, encode(`before ${SECRET} after`)),
    expect: {
      sink: { has: ["{bearer}"] },
      rows: [reason],
      heard: { hasNot: [SECRET] },
    },
  };
}

function notTaken([line, technique, coding, encode]: Row): Case {
  return {
    line,
    technique,
    place: "request with a placeholder",
    run: inTunnel("{open}", post(coding, encode(`{"a":"${PLACEHOLDER}"}`))),
    expect: { sink: { hasNot: [PLACEHOLDER] }, rows: ["unreadable-request"] },
  };
}

/** Coded. */
export const codedBodies: Group = {
  title: "coded bodies",
  cases: [
    ...readable.map(received),
    ...readable.map(sent),
    ...unknown.map((row) => withheld(row, "upstream-unreadable")),
    ...[...lying, ...mixed].map((row) => withheld(row, "upstream-protocol")),
    ...[...unknown, ...lying].map(notTaken),
    ...bombs.map(([line, technique, coding, encode]): Case => ({
      line,
      technique,
      place: "response",
      run: inTunnel("{keyed}", GET),
      respond: (wire, request, aid) => answer(coding, encode(""))(wire, request, aid),
      expect: { sink: { has: ["{bearer}"] }, rows: ["upstream-protocol"] },
    })),
    ...bombs.map(([line, technique, coding, encode]): Case => ({
      line,
      technique,
      place: "request",
      run: (stage) => inTunnel("{open}", post(coding, encode("")))(stage),
      expect: { sink: {}, rows: ["unreadable-request"] },
    })),
  ],
};
