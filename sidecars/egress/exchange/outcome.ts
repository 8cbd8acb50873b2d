/** What an exchange that did not go through ends as. */

import { http1ErrorCode } from "../../../lib/egress/http1/malformed.ts";
import { isBlockReason } from "../../../lib/egress/reason.ts";
import { BottleError } from "../../../lib/errors.ts";
import { isFailReason } from "./failure.ts";
import type { Outcome } from "./record.ts";

/** Reads the reason off an error: its code is one of the refusals', or of the failures', or the codec's. */
export function outcomeOf(error: unknown): Exclude<Outcome, { verdict: "allowed" }> {
  if (!(error instanceof BottleError)) {
    // A bug of ours. Its message may quote what it choked on, so that only its kind is told.
    const name = error instanceof Error ? error.name : typeof error;
    return { verdict: "failed", reason: "upstream-protocol", detail: `Internal error (${name})` };
  }
  const { code, message, details } = error;
  const codec = http1ErrorCode(error);
  const detail = [message, ...details].join(": ");
  if (isBlockReason(code)) return { verdict: "blocked", reason: code, detail };
  if (isFailReason(code)) return { verdict: "failed", reason: code, detail };
  return codec === undefined
    ? { verdict: "failed", reason: "upstream-protocol", detail: `Internal error (${code})` }
    : { verdict: "blocked", reason: codec === "http-too-large" ? "too-large" : "protocol", detail };
}
