/** Whether the backend can be used, asked before a person is. */

import type { Availability, Backend } from "../../backends/backend.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";

/** @throws {BottleError} `backend-unusable`, exit code 125, with what to do */
export async function requireBackend(
  backend: Backend,
  signal: AbortSignal,
): Promise<Extract<Availability, { usable: true }>> {
  const availability = await backend.availability(signal);
  if (availability.usable) return availability;
  throw new BottleError(availability.problem, {
    code: "backend-unusable",
    exitCode: ExitCode.cannotStart,
    hint: availability.hint,
  });
}
