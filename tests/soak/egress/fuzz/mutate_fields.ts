/** Requests of HTTP/2 whose frames are in order, and whose fields, lengths or ends are not. */

import { text } from "../../../support/egress/http2/frames.ts";
import type { Random } from "../../random.ts";
import { HIDDEN_PATH } from "../upstream.ts";
import { type Field, originals, type StreamContent } from "./http2_stream.ts";

const MAX_MUTATIONS = 3;

const SMUGGLED = `a\r\n\r\nGET ${HIDDEN_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

/** Fields that a translation to HTTP/1.1 stumbles over. */
const FIELDS: readonly [Field, ...Field[]] = [
  [":method", "GET"],
  [":method", `GET ${HIDDEN_PATH} HTTP/1.1\r\nx: `],
  [":method", "CONNECT"],
  [":method", ""],
  [":path", HIDDEN_PATH],
  [":path", `/ok ${SMUGGLED}`],
  [":path", "*"],
  [":path", ""],
  [":path", "ok/fuzz"],
  [":path", "/ok/../other"],
  [":path", "/ok/%2e%2e/other"],
  [":path", "/ok/fuzz#a"],
  [":path", "http://other.example/ok"],
  [":authority", "other.example"],
  [":authority", `127.0.0.1:1@other.example`],
  [":authority", SMUGGLED],
  [":scheme", "http"],
  [":scheme", "https://other.example/?"],
  [":status", "200"],
  [":protocol", "websocket"],
  [":unknown", "1"],
  [":", "1"],
  ["host", "other.example"],
  ["host", "127.0.0.1"],
  ["content-length", "0"],
  ["content-length", "5"],
  ["content-length", "+5"],
  ["content-length", "5, 5"],
  ["content-length", "99999999999999999999"],
  ["transfer-encoding", "chunked"],
  ["transfer-encoding", "identity"],
  ["connection", "close"],
  ["connection", "content-length"],
  ["keep-alive", "1"],
  ["proxy-connection", "keep-alive"],
  ["upgrade", "h2c"],
  ["te", "gzip"],
  ["expect", "100-continue"],
  ["expect", "200-ok"],
  ["trailer", "host"],
  ["cookie", "a=b"],
  ["x-api-key", "mine"],
  ["X-Upper", "1"],
  ["", "nameless"],
  ["x y", "1"],
  ["x\r\nhost: other.example\r\ny", "1"],
  ["x:", "1"],
  ["x", SMUGGLED],
  ["x", "a\nb"],
  ["x", "a\rb"],
  ["x", "a\0b"],
  ["x", " a"],
  ["x", "a\t"],
  ["x", "\x80\xff"],
  ["x", "A".repeat(70_000)],
];

/** The beginnings and ends of bodies that a translation stumbles over. */
const BODIES = ["0\r\n\r\n", "5\r\nhello\r\n", "\r\n\r\n", ""] as const;

/** One request, mutated. @param authority of the upstream */
export function mutatedStream(random: Random, authority: string): StreamContent {
  let content: StreamContent = random.pick(originals(authority));
  for (let left = random.below(MAX_MUTATIONS) + 1; left > 0; left--) {
    content = mutate(random, content);
  }
  return content;
}

function mutate(random: Random, content: StreamContent): StreamContent {
  const { fields, body, trailers, isEnded } = content;
  const at = random.below(fields.length + 1);
  const field = random.pick(FIELDS);
  switch (random.below(10)) {
    case 0:
      return { ...content, fields: [...fields.slice(0, at), field, ...fields.slice(at)] };
    case 1:
      return { ...content, fields: [...fields.slice(0, at), field, ...fields.slice(at + 1)] };
    case 2:
      return { ...content, fields: [...fields.slice(0, at), ...fields.slice(at + 1)] };
    case 3:
      return { ...content, fields: [...fields.slice(at), ...fields.slice(0, at)] };
    case 4:
      return { ...content, fields: fields.map((one, nth) => nth === at ? flip(random, one) : one) };
    case 5:
      return { ...content, fields: [...fields, ...fields.slice(at)] };
    case 6:
      return { ...content, trailers: [...trailers, field] };
    case 7:
      return { ...content, body: [...body, text(random.pick(BODIES))] };
    case 8:
      return random.chance(1 / 8)
        ? { ...content, fields: [...fields, ...Array<Field>(300).fill(["x", "y"])] }
        : { ...content, fields: [...fields, ["content-length", String(random.below(200))]] };
    default:
      return { ...content, body: body.slice(1), isEnded: isEnded && !random.chance(1 / 4) };
  }
}

/** One character becomes any other. */
function flip(random: Random, [name, value]: Field): Field {
  const change = (old: string): string => {
    const at = random.below(old.length + 1);
    return old.slice(0, at) + String.fromCharCode(random.below(256)) + old.slice(at + 1);
  };
  return random.chance(1 / 2) ? [change(name), value] : [name, change(value)];
}
