/** Errors of the codec: they say what is wrong with a message, and never repeat a value out of it. */

import { BottleError } from "../../errors.ts";

/** What the codec throws: `http-malformed`, `http-too-large` or `http-truncated`. */
export type Http1ErrorCode = "http-malformed" | "http-too-large" | "http-truncated";

/** Ambiguous or against the grammar. */
export function malformed(detail: string): BottleError {
  return new BottleError(detail, { code: "http-malformed" satisfies Http1ErrorCode });
}

/** Over one of the limits in `limits.ts`. */
export function tooLarge(detail: string): BottleError {
  return new BottleError(detail, { code: "http-too-large" satisfies Http1ErrorCode });
}

/** The stream ended inside a message. */
export function truncated(detail: string): BottleError {
  return new BottleError(detail, { code: "http-truncated" satisfies Http1ErrorCode });
}

/** The codec's code of an error; undefined for any other error. */
export function http1ErrorCode(error: unknown): Http1ErrorCode | undefined {
  if (!(error instanceof BottleError)) return undefined;
  const { code } = error;
  return code === "http-malformed" || code === "http-too-large" || code === "http-truncated"
    ? code
    : undefined;
}
