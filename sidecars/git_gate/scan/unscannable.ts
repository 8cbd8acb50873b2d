/** The error of a scan that could not be done. */

import { BottleError } from "../../../lib/errors.ts";

/** `scan-failed`. @param why a clause: it ends on the pusher's terminal and in the audit */
export function unscannable(why: string, cause?: unknown): BottleError {
  return new BottleError(`The push could not be scanned: ${why}`, { code: "scan-failed", cause });
}
