/** Heads of requests. */

import { parseFields } from "./fields.ts";
import { MAX_HEADERS } from "./limits.ts";
import { malformed } from "./malformed.ts";
import type { RequestHead } from "../message.ts";

const REQUEST_LINE = /^([A-Z][A-Z-]{0,31}) ([\x21-\x7e]+) HTTP\/([0-9]\.[0-9])$/;

/**
 * Parses the text of a {@linkcode CompleteHead}.
 *
 * @throws {BottleError} `http-malformed`, `http-too-large`
 *
 * @example
 * ```ts
 * import { parseRequestHead } from "./request_head.ts";
 * const head = parseRequestHead("GET /a HTTP/1.1\r\nHost: example.com");
 * if (head.target !== "/a" || head.headers[0]?.[1] !== "example.com") throw new Error("parse");
 * ```
 */
export function parseRequestHead(text: string): RequestHead {
  const lines = text.split("\r\n");
  const match = REQUEST_LINE.exec(lines[0] ?? "");
  const [, method, target, version] = match ?? [];
  if (method === undefined || target === undefined) throw malformed("Not an HTTP/1.1 request line");
  if (version !== "1.1" && version !== "1.0") {
    throw malformed("The request line's version is neither HTTP/1.1 nor HTTP/1.0");
  }
  return { method, target, version, headers: parseFields(lines, 1, MAX_HEADERS) };
}
