/** A session from a plan that the person agreed to, to its end. */

import type { Bottle } from "../../lib/bottle.ts";
import type { Services } from "../command.ts";
import { isHangUp } from "../hang_up.ts";
import { type Ending, endSession } from "./end.ts";
import { leftoverOf } from "./launch.ts";
import { brokenOff, isExpected, type Outcome } from "./outcome.ts";

/**
 * Runs the work in a bottle and ends the session, whatever becomes of the work. Only where a terminal was closed in which a person
 * worked the bottle runs on, with its keeper.
 *
 * @throws the work's own error after the end, unless it is an abort or a limit: those are told by the ending; `hung-up`
 */
export async function carryOut(
  services: Services,
  bottle: Bottle,
  work: (bottle: Bottle) => Promise<Outcome>,
  { isInteractive }: { readonly isInteractive: boolean },
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
  if (isInteractive && isHangUp(services.context.signal)) {
    return await leaveRunning(services, bottle);
  }
  const ending = await endSession(services, bottle, outcome, startedAt);
  if (failure !== undefined) throw failure.error;
  return ending;
}

/** Nobody is there to be told anything: the next one who attaches goes on. */
async function leaveRunning({ context, leftovers }: Services, bottle: Bottle): Promise<never> {
  await bottle.control[Symbol.asyncDispose]();
  leftovers.delete(leftoverOf(bottle.plan));
  throw context.signal.reason;
}
