/** A session from a plan that the person agreed to, to its end. */

import type { Bottle } from "../../lib/bottle.ts";
import type { Services } from "../command.ts";
import { type Ending, endSession } from "./end.ts";
import { brokenOff, isExpected, type Outcome } from "./outcome.ts";

/**
 * Runs the work in a bottle and ends the session, whatever becomes of the work.
 *
 * @throws the work's own error after the end, unless it is an abort or a limit: those are told by the ending
 */
export async function carryOut(
  services: Services,
  bottle: Bottle,
  work: (bottle: Bottle) => Promise<Outcome>,
): Promise<Ending> {
  const startedAt = services.context.clock.now();
  let outcome: Outcome;
  let failure: { readonly error: unknown } | undefined;
  try {
    outcome = await work(bottle);
  } catch (error) {
    const { signal } = services.context;
    const cause: unknown = signal.aborted ? signal.reason : error;
    outcome = brokenOff(cause);
    if (!isExpected(cause)) failure = { error: cause };
  }
  const ending = await endSession(services, bottle, outcome, startedAt);
  if (failure !== undefined) throw failure.error;
  return ending;
}
