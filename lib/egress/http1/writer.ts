/** Writes messages from their parsed form: no byte of a head that came in is passed through. */

import { isFieldName, isFieldValue } from "./fields.ts";
import { malformed } from "./malformed.ts";
import { encodeLatin1 } from "../latin1.ts";
import type { BodyFraming, HeaderField, HeaderList } from "../message.ts";

const TARGET = /^[\x21-\x7e]+$/;
const METHOD = /^[A-Z][A-Z-]{0,31}$/;

/**
 * A request's head in HTTP/1.1.
 *
 * @throws {BottleError} `http-malformed` when a part would break out of its line: a credential with a line end in it
 */
export function writeRequestHead(
  head: { readonly method: string; readonly target: string; readonly headers: HeaderList },
): Uint8Array {
  if (!METHOD.test(head.method) || !TARGET.test(head.target)) {
    throw malformed("A request line that cannot be written");
  }
  return writeLines(`${head.method} ${head.target} HTTP/1.1\r\n`, head.headers);
}

/** A response's head in HTTP/1.1. @throws {BottleError} `http-malformed` as {@linkcode writeRequestHead} */
export function writeResponseHead(
  head: { readonly status: number; readonly reason: string; readonly headers: HeaderList },
): Uint8Array {
  if (!isFieldValue(head.reason)) throw malformed("A status line that cannot be written");
  return writeLines(`HTTP/1.1 ${head.status} ${head.reason}\r\n`, head.headers);
}

/** The fields with the framing's own field in the place of those that were there, else at the end. */
export function withFraming(headers: HeaderList, framing: BodyFraming): HeaderList {
  const own = framingField(framing);
  const written: HeaderField[] = [];
  let isPlaced = own === undefined;
  for (const field of headers) {
    const key = field[0].toLowerCase();
    if (key !== "content-length" && key !== "transfer-encoding") {
      written.push(field);
    } else if (!isPlaced && own !== undefined) {
      written.push([key === own[0].toLowerCase() ? field[0] : own[0], own[1]]);
      isPlaced = true;
    }
  }
  if (!isPlaced && own !== undefined) written.push(own);
  return written;
}

/** One piece of a chunked body. @param data not empty: an empty chunk is the end */
export function writeChunk(data: Uint8Array): Uint8Array {
  const size = `${data.length.toString(16)}\r\n`;
  const bytes = new Uint8Array(size.length + data.length + 2);
  for (let index = 0; index < size.length; index++) bytes[index] = size.charCodeAt(index);
  bytes.set(data, size.length);
  bytes[bytes.length - 2] = 13;
  bytes[bytes.length - 1] = 10;
  return bytes;
}

/** The end of a chunked body. */
export function writeLastChunk(trailers: HeaderList): Uint8Array {
  return writeLines("0\r\n", trailers);
}

function framingField(framing: BodyFraming): HeaderField | undefined {
  switch (framing.kind) {
    case "length":
      return ["Content-Length", String(framing.length)];
    case "chunked":
      return ["Transfer-Encoding", "chunked"];
    case "none":
    case "until-close":
      return undefined;
    default:
      return framing satisfies never;
  }
}

function writeLines(first: string, headers: HeaderList): Uint8Array {
  let text = first;
  for (const [name, value] of headers) {
    if (!isFieldName(name) || !isFieldValue(value)) {
      throw malformed(`The header ${JSON.stringify(name)} cannot be written`);
    }
    text += `${name}: ${value}\r\n`;
  }
  return encodeLatin1(`${text}\r\n`);
}
