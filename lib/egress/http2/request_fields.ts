/** Heads of requests as fields (RFC 9113, 8.3.1). */

import { malformed, tooLarge } from "../http1/malformed.ts";
import { type BodyFraming, type HeaderField, headerValues, type RequestHead } from "../message.ts";
import { splitFields, writableFields } from "./field_rules.ts";
import type { DecodedBlock } from "./hpack_decoder.ts";
import { withLength } from "./response_fields.ts";

const PSEUDO: ReadonlySet<string> = new Set(["method", "scheme", "authority", "path"]);
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const PATH = /^\/[\x21-\x7e]*$/;
/** `host` is said by `:authority`, and `te` by who knows whether the trailers are taken. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(["host", "te"]);

/** A request's head as it leaves. */
export interface WrittenRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  readonly authority: string;
  readonly path: string;
  readonly headers: readonly HeaderField[];
  readonly framing: BodyFraming;
  readonly takesTrailers: boolean;
}

/**
 * Parses a request's head, for a connection whose TLS ends here: the scheme is `https`.
 *
 * @param hasBody the stream goes on behind it
 * @throws {BottleError} `http-malformed`, `http-too-large`
 */
export function parseRequestFields(block: DecodedBlock, hasBody: boolean): RequestHead {
  if (block.isOver) throw tooLarge("A head over the limit of bytes or fields");
  const { pseudo, fields } = splitFields(block.fields, PSEUDO);
  const method = pseudo.get("method") ?? "";
  const path = pseudo.get("path") ?? "";
  if (!METHOD.test(method)) throw malformed(":method is missing or no method");
  // It has neither a scheme nor a path, and would be a tunnel inside the tunnel.
  if (method === "CONNECT") throw malformed("A CONNECT inside a connection");
  if (pseudo.get("scheme") !== "https") throw malformed(':scheme is missing or not "https"');
  if (!PATH.test(path)) throw malformed(":path is missing or no path");
  if (!hasBody && headerValues(fields, "content-length").some((length) => !/^0+$/.test(length))) {
    throw malformed("A Content-Length without a body");
  }
  const host = hostOf(pseudo.get("authority"), headerValues(fields, "host"));
  const others = fields.filter(([name]) => name !== "host");
  return {
    method,
    target: path,
    version: "2",
    headers: [["host", host], ...others],
    hasBody,
  };
}

/** A request's head as fields. @throws {BottleError} `http-malformed` when a part cannot be written */
export function requestFields(request: WrittenRequest): readonly HeaderField[] {
  const { method, scheme, authority, path, headers, framing, takesTrailers } = request;
  if (!METHOD.test(method) || !PATH.test(path) || !/^[\x21-\x7e]+$/.test(authority)) {
    throw malformed("A request that cannot be written");
  }
  const fields = withLength(writableFields(headers, SAID_ELSEWHERE), framing);
  if (takesTrailers) fields.push(["te", "trailers"]);
  return [
    [":method", method],
    [":scheme", scheme],
    [":authority", authority],
    [":path", path],
    ...fields,
  ];
}

/** Two names for one request are how two servers come to see two requests. */
function hostOf(authority: string | undefined, hosts: readonly string[]): string {
  const [host, second] = hosts;
  const named = authority ?? host;
  if (named === undefined || named === "") throw malformed("Neither :authority nor host");
  if (second !== undefined) throw malformed("Several host fields");
  if (host !== undefined && host !== named) throw malformed("A host other than :authority");
  return named;
}
