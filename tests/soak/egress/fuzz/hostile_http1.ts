/** Mutated responses of HTTP/1.1: the client gets each as one, or the end of its connection, and the next one gets its own. */

import { gzipSync } from "node:zlib";
import { Buffer } from "node:buffer";
import { Wire, type WireResponse } from "../../../support/egress/wire.ts";
import { mutatedText } from "../mutate.ts";
import { HOSTILE_PATH } from "../upstream.ts";
import { cut, type FuzzCase, type FuzzKind, show } from "./case.ts";
import { onConnection, openPlain } from "./connections.ts";

const OTHERS = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nanother";
const ZIPPED = gzipSync("hello").toString("latin1");

const ORIGINALS = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
  'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
  "HTTP/1.0 200 OK\r\n\r\nto the end",
  `HTTP/1.1 200 OK\r\nContent-Length: ${OTHERS.length}\r\nConnection: keep-alive\r\n\r\n${OTHERS}`,
  `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${ZIPPED.length}\r\n\r\n${ZIPPED}`,
] as const;

/** What one read of the proxy takes in. */
const MAX_WHOLE = 8_000;
const METHODS = ["GET", "GET", "HEAD", "OPTIONS"] as const;
let cases = 0;

/** The kind. */
export const hostileHttp1: FuzzKind = {
  name: "HTTP/1.1 responses",
  weight: 3,
  batch: 32,
  isCounted: false,
  make(random, { hostile }): FuzzCase {
    const bytes = mutatedText(random, [...ORIGINALS]);
    const isWhole = bytes.length < MAX_WHOLE && random.chance(1 / 2);
    const pieces = isWhole ? [bytes] : cut(random, bytes);
    const method = random.pick(METHODS);
    const path = `${HOSTILE_PATH}/${++cases}`;
    const authority = `127.0.0.1:${isWhole ? hostile.plainPort : hostile.piecesPort}`;
    return {
      count: 1,
      run: (subject) => {
        subject.hostile.answers.set(path, { kind: "response", pieces });
        return onConnection(() => openPlain(subject), async (conn) => {
          const wire = new Wire(conn);
          try {
            return await converse(wire, authority, method, path, isWhole);
          } catch (error) {
            const { message } = error instanceof Error ? error : new Error(String(error));
            return message === "waited too long" ? message : undefined;
          }
        });
      },
      describe: () => `${method}, answered with ${show(pieces)}`,
    };
  },
};

/** Two requests, the second well answered. @param isWhole what came with the first came at once @throws where the connection ends */
async function converse(
  wire: Wire,
  authority: string,
  method: string,
  path: string,
  isWhole: boolean,
): Promise<string | undefined> {
  const ask = async (asked: string, of: string): Promise<WireResponse> => {
    await wire.write(`${asked} http://${authority}${of} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    for (;;) {
      const response = await wire.response(asked);
      if (response.status >= 200 || response.status === 101) return response;
    }
  };
  const first = await ask(method, path);
  if (/[\0\r]/.test(first.head.replaceAll("\r\n", ""))) {
    return `a head with controls: ${first.head}`;
  }
  if (first.status === 101) return "a switch that nobody asked for";
  if (first.headers.get("connection")?.toLowerCase() === "close") return undefined;
  const own = `${path}/own`;
  const { status, headers, body } = await ask("GET", own);
  if (!isWhole || status === 200 && body === own) return undefined;
  if (status === 502 && headers.has("x-bot-bottle-failure")) return undefined;
  return `the next request was answered with ${status} ${show([Buffer.from(body)])}`;
}
