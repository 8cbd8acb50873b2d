/** The end of the person's terminal, as the reason of an abort. */

import { BottleError, ExitCode } from "../lib/errors.ts";

/** The reason of an abort by SIGHUP: the terminal was closed, or the connection that it came by. */
export function hangUp(): BottleError {
  return new BottleError("The terminal was closed", {
    code: "hung-up",
    exitCode: ExitCode.interrupted,
  });
}

/** Whether it was aborted so. */
export function isHangUp({ reason }: AbortSignal): boolean {
  return reason instanceof BottleError && reason.code === "hung-up";
}
