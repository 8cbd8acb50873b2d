/** Why an allowed exchange came to nothing, as errors whose code is the reason. */

import type { FailReason } from "../../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../../lib/errors.ts";

const messages: Readonly<Record<FailReason, string>> = {
  "upstream-unreachable": "The upstream cannot be reached",
  "upstream-timeout": "The upstream said nothing, or took nothing, for too long",
  "upstream-protocol": "The upstream's response is malformed",
  "upstream-proxy": "The company proxy does not let us through",
  "upstream-unreadable":
    "The response is in a coding that can't be looked through, and may hold the credential",
  "upstream-closed": "The upstream broke the connection off",
  "client-closed": "The client closed the connection",
  "client-timeout": "The client sent nothing, or took nothing, for too long",
};

/** An exchange that came to nothing, as an error whose code is the reason. */
export function failure(reason: FailReason, detail: string = messages[reason]): BottleError {
  return new BottleError(detail, { code: reason });
}

/** Tells a reason of failure from any other code. */
export function isFailReason(code: string): code is FailReason {
  return Object.hasOwn(messages, code);
}
