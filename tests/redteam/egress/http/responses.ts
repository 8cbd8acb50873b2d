/** Answers of a hostile upstream: the next one in line must not be of its making, and the agent must not take a part for the whole. */

import { type Case, type Expectation, type Group, passes } from "../case.ts";
import { inTunnel } from "../moves.ts";
import { respondWith } from "../sink.ts";

const OK = "HTTP/1.1 200 OK\r\n";
/** What would be taken for the answer to the next request. */
const FORGED = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";

const failed: Expectation = {
  sink: { has: ["GET /one"] },
  rows: ["upstream-protocol"],
  heard: { has: ["HTTP/1.1 502"], hasNot: ["forged"] },
};

/** Heads that end in a 502. */
const heads = [
  ["both framings", `${OK}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["two lengths", `${OK}Content-Length: 0\r\nContent-Length: 6\r\n\r\n`],
  ["two lengths alike", `${OK}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
  ["a signed length", `${OK}Content-Length: +0\r\n\r\n`],
  ["a length in hexadecimal", `${OK}Content-Length: 0x0\r\n\r\n`],
  ["a coding that nobody knows", `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["gzip, chunked", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["a folded line", `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
  ["a space before the colon", `${OK}Content-Length : 0\r\n\r\n`],
  ["bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
  ["CR in a value", `${OK}X: a\rContent-Length: 6\r\n\r\n`],
  ["NUL in a value", `${OK}X: a\0\r\nContent-Length: 0\r\n\r\n`],
  ["a version that is none", "HTTP/1.9 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"],
  ["a status of 099", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"],
  ["101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
  ["seventeen interim responses", "HTTP/1.1 100 Continue\r\n\r\n".repeat(17)],
  [
    "a Connection that names the length",
    `${OK}Connection: content-length\r\nContent-Length: 0\r\n\r\n`,
  ],
  ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["no HTTP", "220 ready\r\n\r\n"],
] as const;

/** Bodies that are cut off: the head is through. */
const bodies = [
  ["a chunk size that is none", "5\r\nhello\r\nxyz\r\n"],
  ["a chunk longer than its size", "5\r\nhello!\r\n0\r\n\r\n"],
  ["bare LF behind a chunk size", "5\r\nhello\r\n1\na\r\n0\r\n\r\n"],
  ["a chunk size of 17 digits", "5\r\nhello\r\n10000000000000005\r\n"],
  ["a folded trailer", "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n"],
  ["an endless extension", `5\r\nhello\r\n1;${"x".repeat(5_000)}\r\n`],
] as const;

/** Extra bytes behind a good answer: they must not become the next request's. */
const behind = [
  ["behind a length", `${OK}Content-Length: 2\r\n\r\nok${FORGED}`],
  ["behind chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${FORGED}`],
  ["behind a 204", `HTTP/1.1 204 No Content\r\n\r\n${FORGED}`],
  ["behind a 304", `HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n${FORGED}`],
] as const;

const GET = "GET /one HTTP/1.1\r\nHost: {open}\r\n\r\n";

/** Asks twice on one connection. */
const TWICE = `${GET}${GET.replace("one", "two")}`;

/** Responses. */
export const responses: Group = {
  title: "answers of hostile upstreams",
  cases: [
    ...heads.map(([technique, response]): Case => ({
      line: "response-smuggling",
      technique,
      place: "response head",
      run: inTunnel("{open}", GET),
      respond: respondWith(response + FORGED),
      expect: failed,
    })),
    ...bodies.map(([technique, chunks]): Case => ({
      line: "response-smuggling",
      technique,
      place: "response body",
      run: inTunnel("{open}", GET),
      respond: respondWith(`${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}`),
      expect: { ...failed, heard: { hasNot: ["\r\n0\r\n\r\n"] } },
    })),
    ...behind.map(([technique, response]): Case => ({
      line: "response-smuggling",
      technique: `a second answer ${technique}`,
      place: "response",
      run: inTunnel("{open}", TWICE),
      respond: async (wire, { head }) => {
        await wire.write(
          head.startsWith("GET /one")
            ? response
            : `${OK}Content-Length: 5\r\n\r\nhonest`.slice(0, -1),
        );
      },
      expect: {
        sink: { has: ["GET /one", "GET /two"] },
        rows: ["allowed", "allowed"],
        heard: { has: ["hones"], hasNot: ["forged"] },
      },
    })),
    {
      line: "response-smuggling",
      technique: "a refusal in the proxy's own name",
      place: "field",
      run: inTunnel("{open}", GET),
      respond: respondWith(`${OK}X-Bot-Bottle-Block: secret\r\nContent-Length: 2\r\n\r\nok`),
      expect: passes({ has: ["GET /one"] }, {
        heard: { has: ["ok"], hasNot: ["ot-bottle", "Bottle"] },
      }),
    },
  ],
};
