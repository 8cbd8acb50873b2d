/** Where bodies end: request smuggling lives here, so that there is one answer or none. */

import { foldHeaderName } from "../header_name.ts";
import { malformed } from "./malformed.ts";
import {
  type BodyFraming,
  type HeaderList,
  headerValues,
  type HttpVersion,
  type RequestHead,
  type ResponseHead,
} from "../message.ts";

/** 15 digits stay below 2^53. */
const LENGTH = /^[0-9]{1,15}$/;
const FRAMING: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);

/**
 * The framing of a request's body.
 *
 * @throws {BottleError} `http-malformed` for Content-Length beside Transfer-Encoding, several of either, a length that
 * is not digits only, a coding other than `chunked`, Transfer-Encoding in HTTP/1.0, either written with an underscore
 */
export function requestFraming(head: RequestHead): BodyFraming {
  if (head.headers.some(([name]) => name.includes("_") && FRAMING.has(foldHeaderName(name)))) {
    throw malformed("A framing header with an underscore in its name");
  }
  if (head.version === "2" && head.hasBody !== true) return { kind: "none" };
  const unsaid = head.version === "2" ? { kind: "chunked" } as const : { kind: "none" } as const;
  return declaredFraming(head.headers, head.version) ?? unsaid;
}

/**
 * The framing of a response's body.
 *
 * @param method of the request that it answers
 * @throws {BottleError} as {@linkcode requestFraming}, but for underscores: nothing reads a response by variables
 */
export function responseFraming(head: ResponseHead, method: string): BodyFraming {
  const declared = declaredFraming(head.headers, head.version);
  const isBodiless = head.status < 200 || head.status === 204 || head.status === 304;
  if (isBodiless || method === "HEAD") return { kind: "none" };
  if (head.version !== "2") return declared ?? { kind: "until-close" };
  return head.hasBody === true ? declared ?? { kind: "chunked" } : { kind: "none" };
}

function declaredFraming(headers: HeaderList, version: HttpVersion): BodyFraming | undefined {
  const codings = headerValues(headers, "transfer-encoding");
  const lengths = headerValues(headers, "content-length");
  if (codings.length > 0) {
    if (lengths.length > 0) throw malformed("Content-Length beside Transfer-Encoding");
    if (version !== "1.1") throw malformed(`Transfer-Encoding in HTTP/${version}`);
    if (codings.length > 1 || codings[0]?.toLowerCase() !== "chunked") {
      throw malformed('A Transfer-Encoding other than "chunked"');
    }
    return { kind: "chunked" };
  }
  const [length, second] = lengths;
  if (length === undefined) return undefined;
  if (second !== undefined) throw malformed("Several Content-Length headers");
  if (!LENGTH.test(length)) throw malformed("A Content-Length that is not digits only");
  return { kind: "length", length: Number(length) };
}
