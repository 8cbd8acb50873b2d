/** Fields that concern one connection and are not passed on (RFC 9110, 7.6.1). */

import { malformed } from "./malformed.ts";
import { type HeaderList, headerValues, type HttpVersion, listElements } from "../message.ts";

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authentication-info",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** A message's end must not depend on what the sender of `Connection` names. */
const PROTECTED: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding"]);

/** What {@linkcode splitConnectionHeaders} finds. */
export interface ConnectionHeaders {
  /** The fields that go on, `content-length` among them. */
  readonly headers: HeaderList;
  /** Whether the sender keeps the connection open after this message. */
  readonly isPersistent: boolean;
  /** The protocols of `upgrade`, in lower case. */
  readonly upgrade: readonly string[];
}

/**
 * Takes the fields of one connection out, those that `Connection` names included.
 *
 * @throws {BottleError} `http-malformed` when `Connection` names `host` or a framing field
 */
export function splitConnectionHeaders(
  headers: HeaderList,
  version: HttpVersion,
): ConnectionHeaders {
  const options = listElements(headerValues(headers, "connection"));
  const named = options.filter((option) => option !== "close" && option !== "keep-alive");
  if (named.some((name) => PROTECTED.has(name))) {
    throw malformed("Connection names a header that every hop needs");
  }
  const isPersistent = version === "1.0"
    ? options.includes("keep-alive") && !options.includes("close")
    : !options.includes("close");
  return {
    headers: headers.filter(([name]) => {
      const key = name.toLowerCase();
      return !HOP_BY_HOP.has(key) && !named.includes(key);
    }),
    isPersistent,
    upgrade: listElements(headerValues(headers, "upgrade")),
  };
}
