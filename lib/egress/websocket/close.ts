/** The payload of a close frame (RFC 6455, 5.5.1 and 7.4). */

import { badData, malformed } from "./violation.ts";

/** Codes that the proxy itself ends a connection with. */
export const CloseCode = {
  goingAway: 1001,
  protocol: 1002,
  badData: 1007,
  policy: 1008,
  tooLarge: 1009,
  internal: 1011,
} as const;

/** One of {@linkcode CloseCode}. */
export type CloseCodeNumber = typeof CloseCode[keyof typeof CloseCode];

/** Why a peer closes; undefined: it does not say. */
export interface CloseReason {
  /** 1000 to 4999. */
  readonly code: number;
  /** UTF-8. */
  readonly reason: Uint8Array;
}

/**
 * Reads a close frame's payload.
 *
 * @throws {BottleError} `websocket-malformed` for half a code, or one that is not to be sent; `websocket-data` for a
 * reason that is no UTF-8
 */
export function parseClose(payload: Uint8Array): CloseReason | undefined {
  if (payload.length === 0) return undefined;
  if (payload.length === 1) throw malformed("A close code of one byte");
  const code = (payload[0] ?? 0) << 8 | (payload[1] ?? 0);
  if (!isSendable(code)) throw malformed("A close code that is never sent");
  const reason = payload.subarray(2);
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(reason);
  } catch {
    throw badData("A close reason that is no UTF-8");
  }
  return { code, reason };
}

/** A close frame's payload. @param reason at most 123 bytes */
export function writeClose(code: number, reason: Uint8Array): Uint8Array {
  const payload = new Uint8Array(2 + reason.length);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  payload.set(reason, 2);
  return payload;
}

/** IANA's registry of 2024: 1004 to 1006 and 1015 are never on the wire. */
function isSendable(code: number): boolean {
  return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 ||
    code >= 3000 && code <= 4999;
}
