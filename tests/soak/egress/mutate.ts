/** Requests with mutations: what a parser is asked that was not thought of. */

import { Buffer } from "node:buffer";
import type { Random } from "../random.ts";
import { cut } from "./fuzz/case.ts";
import { HIDDEN_PATH } from "./upstream.ts";

const MAX_MUTATIONS = 4;

/** Words that parsers disagree on. */
const WORDS = [
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
  "Content-Length: -1\r\n",
  "Content-Length: 99999999999999999999\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "Transfer-Encoding:\x0bchunked\r\n",
  "transfer-encoding : chunked\r\n",
  "Expect: 100-continue\r\n",
  "Connection: close\r\n",
  "Connection: content-length\r\n",
  "Connection: upgrade\r\nUpgrade: h2c\r\n",
  "Host: other.example\r\n",
  "Trailer: host\r\n",
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  "\t",
  " ",
  ":",
  ";",
  "\x80\xff",
  "0\r\n\r\n",
  "5\r\nhello\r\n",
  "ffffffffffffffff\r\n",
  "0x5",
  '5;ext="\r\n"',
  "HTTP/1.0",
  "HTTP/0.9",
  "HTTP/1.1",
  "%2e%2e/",
  "//",
  "\\",
  "#",
  "?",
  "@",
  "A".repeat(70_000),
  "A: b\r\n".repeat(300),
] as const;

/** Well-formed requests to begin with. @param authority of the upstream; @param isTunnelled origin form */
function originals(authority: string, isTunnelled: boolean): readonly [string, ...string[]] {
  const prefix = isTunnelled ? "" : `http://${authority}`;
  const hidden = `GET ${
    isTunnelled ? "" : prefix
  }${HIDDEN_PATH} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
  const head = (method: string): string =>
    `${method} ${prefix}/ok/fuzz HTTP/1.1\r\nHost: ${authority}\r\n`;
  return [
    `${head("GET")}\r\n`,
    `${head("HEAD")}Accept: */*\r\n\r\n`,
    `${head("OPTIONS")}\r\n`,
    `${head("POST")}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `${head("POST")}Transfer-Encoding: chunked\r\n\r\n${chunk(hidden)}0\r\n\r\n`,
    `${head("PUT")}Transfer-Encoding: chunked\r\n\r\n${
      chunk(hidden)
    }5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n`,
    `${head("GET")}Content-Length: 5\r\n\r\nhello${head("GET")}\r\n`,
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n${hidden}`,
  ];
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** One request, mutated. @returns its bytes in the pieces to be sent in */
export function mutatedRequest(
  random: Random,
  authority: string,
  isTunnelled: boolean,
): readonly Uint8Array[] {
  return cut(random, mutatedText(random, originals(authority, isTunnelled)));
}

/** One of several messages, with mutations that may join it with another of them. */
export function mutatedText(
  random: Random,
  originals: readonly [string, ...string[]],
): Uint8Array {
  let text = random.pick(originals);
  for (let left = random.below(MAX_MUTATIONS) + 1; left > 0; left--) {
    text = mutate(random, text, random.pick(originals));
  }
  return Buffer.from(text, "latin1");
}

function mutate(random: Random, text: string, other: string): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + random.below(12));
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return text.slice(0, at) + random.pick(WORDS) + text.slice(at);
    case 4:
      return text.slice(0, at);
    case 5:
      return text.slice(0, at) + other.slice(random.below(other.length));
    case 6: {
      const lines = text.split("\r\n");
      const line = 1 + random.below(lines.length);
      return [...lines.slice(0, line), random.pick(WORDS).trimEnd(), ...lines.slice(line)].join(
        "\r\n",
      );
    }
    default: {
      const lines = text.split("\r\n");
      const line = random.below(lines.length);
      return [...lines.slice(0, line), lines[line] ?? "", ...lines.slice(line)].join("\r\n");
    }
  }
}
