/** Errors of HTTP/2, by RFC 9113's names. Thrown ones end the connection. */

import { BottleError } from "../../errors.ts";

/** RFC 9113, 7. */
const numbers = {
  "no-error": 0,
  "protocol-error": 1,
  "internal-error": 2,
  "flow-control-error": 3,
  "settings-timeout": 4,
  "stream-closed": 5,
  "frame-size-error": 6,
  "refused-stream": 7,
  "cancel": 8,
  "compression-error": 9,
  "connect-error": 10,
  "enhance-your-calm": 11,
  "inadequate-security": 12,
  "http-1-1-required": 13,
} as const;

/** One of RFC 9113's error codes. */
export type Http2ErrorName = keyof typeof numbers;

const PREFIX = "http2-";

/** The number on the wire. */
export function errorNumber(name: Http2ErrorName): number {
  return numbers[name];
}

/** An error of the whole connection; its code is the name after `http2-`. It repeats no value of the traffic. */
export function connectionError(name: Http2ErrorName, detail: string): BottleError {
  return new BottleError(detail, { code: `${PREFIX}${name}` });
}

/** What waits for a stream that is gone fails with this. @param role which side we are */
export function connectionGone(role: "server" | "client"): BottleError {
  return role === "server"
    ? new BottleError("The client closed the connection", { code: "client-closed" })
    : new BottleError("The upstream broke the connection off", { code: "upstream-closed" });
}

/** The name that a thrown error has, to say goodbye with; a bug of ours is an `internal-error`. */
export function errorNameOf(error: unknown): Http2ErrorName {
  const name = error instanceof BottleError && error.code.startsWith(PREFIX)
    ? error.code.slice(PREFIX.length)
    : "";
  return isErrorName(name) ? name : "internal-error";
}

function isErrorName(name: string): name is Http2ErrorName {
  return Object.hasOwn(numbers, name);
}
