/** Keeping the proxy busy: slow, big and endless. Limits are those of the program, with shorter times. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { inTunnel, type Move, say, sayForever } from "../moves.ts";
import { respondWith } from "../sink.ts";

const MEGABYTE = 1024 * 1024;
const LONG = "x".repeat(MEGABYTE);
const CHUNKED = "POST /front HTTP/1.1\r\nHost: {open}\r\nTransfer-Encoding: chunked\r\n\r\n";
const GET = "GET /x HTTP/1.1\r\nHost: {open}\r\n";

/** Heads that never end, and are cut off. */
const slow: readonly Case[] = [
  {
    line: "slow-head",
    technique: "a byte at a time",
    place: "CONNECT",
    run: sayForever(undefined, "CONNECT {open} HTTP/1.1\r\nX: ", "x"),
    expect: { sink: "nothing", rows: [] },
  },
  {
    line: "slow-head",
    technique: "a field at a time",
    place: "plain request",
    run: sayForever(undefined, "GET http://{open:http}/ HTTP/1.1\r\n", "X: y\r\n"),
    expect: { sink: "nothing", rows: [] },
  },
  {
    line: "slow-head",
    technique: "a byte at a time",
    place: "tunnel",
    run: sayForever("{open}", GET, "x"),
    expect: { sink: "nothing", rows: [] },
  },
  {
    line: "slow-head",
    technique: "a ClientHello that never comes",
    place: "CONNECT",
    run: sayForever(undefined, "CONNECT {open} HTTP/1.1\r\nHost: {open}\r\n\r\n", ""),
    expect: refused("protocol"),
  },
  {
    line: "slow-body",
    technique: "a body that stops",
    place: "tunnel",
    run: sayForever("{open}", `${GET}Content-Length: 9\r\n\r\nhello`, ""),
    expect: { sink: { has: ["hello"] }, rows: ["client-timeout"] },
  },
  {
    line: "slow-body",
    technique: "chunks that stop",
    place: "tunnel",
    run: sayForever("{open}", `${CHUNKED}5\r\nhello\r\n`, ""),
    expect: { sink: { has: ["hello"], hasNot: ["\r\n0\r\n"] }, rows: ["client-timeout"] },
  },
  {
    line: "slow-body",
    technique: "an upstream that says nothing",
    place: "response",
    run: inTunnel("{open}", `${GET}\r\n`),
    respond: (wire) => wire.rest().then(() => {}),
    expect: { sink: { has: ["GET /x"] }, rows: ["upstream-timeout"], heard: { has: ["504"] } },
  },
];

const big: readonly (readonly [technique: string, place: string, move: Move])[] = [
  ["one field", "CONNECT", say(`CONNECT {open} HTTP/1.1\r\nHost: {open}\r\nX: ${LONG}\r\n\r\n`)],
  ["the target", "CONNECT", say(`CONNECT ${LONG} HTTP/1.1\r\n\r\n`)],
  ["one field", "plain request", say(`GET http://{open:http}/ HTTP/1.1\r\nX: ${LONG}\r\n\r\n`)],
  ["one field", "tunnel", inTunnel("{open}", `${GET}X: ${LONG}\r\n\r\n`)],
  ["a field's name", "tunnel", inTunnel("{open}", `${GET}${LONG}: x\r\n\r\n`)],
  ["the target", "tunnel", inTunnel("{open}", `GET /${LONG} HTTP/1.1\r\nHost: {open}\r\n\r\n`)],
  ["many fields", "tunnel", inTunnel("{open}", `${GET}${"X: y\r\n".repeat(10_000)}\r\n`)],
  ["201 fields", "tunnel", inTunnel("{open}", `${GET}${"X: y\r\n".repeat(200)}\r\n`)],
  ["no line's end", "tunnel", inTunnel("{open}", LONG)],
];

const OK = "HTTP/1.1 200 OK\r\n";

/** Limits. */
export const limits: Group = {
  title: "slow, big and endless",
  stage: { limits: { headMs: 600, idleMs: 900, silenceMs: 900, lingerMs: 300 } },
  cases: [
    ...slow,
    ...big.map(([technique, place, run]): Case => ({
      line: "big-head",
      technique,
      place,
      run,
      expect: refused("too-large"),
    })),
    {
      line: "big-head",
      technique: "one field",
      place: "response head",
      run: inTunnel("{open}", `${GET}\r\n`),
      respond: respondWith(`${OK}X: ${LONG}\r\n\r\n`),
      expect: { sink: { has: ["GET /x"] }, rows: ["upstream-protocol"], heard: { has: [" 502 "] } },
    },
    {
      line: "endless-chunks",
      technique: "50,000 chunks of a byte, whose end is no head's",
      place: "body",
      run: inTunnel("{open}", `${CHUNKED}${"1\r\na\r\n".repeat(50_000)}0\r\n\r\n`),
      expect: passes({ has: ["\r\n0\r\n\r\n"] }),
    },
    {
      line: "endless-chunks",
      technique: "one chunk size without end",
      place: "body",
      run: inTunnel("{open}", `${CHUNKED}${"0".repeat(MEGABYTE)}`),
      expect: { sink: { hasNot: ["\r\n0\r\n"] }, rows: ["too-large"] },
    },
    {
      line: "endless-chunks",
      technique: "trailers without end",
      place: "body",
      run: inTunnel("{open}", `${CHUNKED}0\r\n${"X: y\r\n".repeat(20_000)}`),
      expect: { sink: { hasNot: ["\r\n0\r\n"] }, rows: ["too-large"] },
    },
    {
      line: "endless-chunks",
      technique: "one chunk size without end",
      place: "response body",
      run: inTunnel("{open}", `${GET}\r\n`),
      respond: respondWith(`${OK}Transfer-Encoding: chunked\r\n\r\n${"0".repeat(MEGABYTE)}`),
      expect: { sink: { has: ["GET /x"] }, rows: ["upstream-protocol"] },
    },
  ],
};
