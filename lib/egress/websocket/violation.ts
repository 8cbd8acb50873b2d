/** Errors of the WebSocket codec: they say what is wrong, and never repeat a value of the traffic. */

import { BottleError } from "../../errors.ts";

/** What the codec throws. */
export type WebSocketErrorCode =
  | "websocket-malformed"
  | "websocket-data"
  | "websocket-too-large";

/** Against RFC 6455 or RFC 7692. Close code 1002. */
export function malformed(detail: string): BottleError {
  return new BottleError(detail, { code: "websocket-malformed" satisfies WebSocketErrorCode });
}

/** A payload that is not what its frame says: compressed data that does not inflate. Close code 1007. */
export function badData(detail: string): BottleError {
  return new BottleError(detail, { code: "websocket-data" satisfies WebSocketErrorCode });
}

/** Over one of the limits in `limits.ts`. Close code 1009. */
export function tooLarge(detail: string): BottleError {
  return new BottleError(detail, { code: "websocket-too-large" satisfies WebSocketErrorCode });
}

/** The codec's code of an error; undefined for any other error. */
export function webSocketErrorCode(error: unknown): WebSocketErrorCode | undefined {
  if (!(error instanceof BottleError)) return undefined;
  const { code } = error;
  return code === "websocket-malformed" || code === "websocket-data" ||
      code === "websocket-too-large"
    ? code
    : undefined;
}
