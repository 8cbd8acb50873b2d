/** Heads of responses. */

import { parseFields } from "./fields.ts";
import { MAX_HEADERS } from "./limits.ts";
import { malformed } from "./malformed.ts";
import type { ResponseHead } from "../message.ts";

// The space before an empty reason is missing often enough in the wild, and leaves nothing to guess at.
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-5][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/**
 * Parses the text of a {@linkcode CompleteHead}.
 *
 * @throws {BottleError} `http-malformed`, `http-too-large`
 */
export function parseResponseHead(text: string): ResponseHead {
  const lines = text.split("\r\n");
  const match = STATUS_LINE.exec(lines[0] ?? "");
  if (match === null) throw malformed("Not an HTTP/1.1 status line");
  const [, version, status, reason] = match;
  return {
    status: Number(status),
    reason: reason ?? "",
    version: version === "1.0" ? "1.0" : "1.1",
    headers: parseFields(lines, 1, MAX_HEADERS),
  };
}
