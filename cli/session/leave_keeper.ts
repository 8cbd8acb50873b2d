/** Leaving a keeper with a bottle. */

import type { Bottle } from "../../lib/bottle.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Services } from "../command.ts";
import type { WaitingKeeper } from "../keeper/start.ts";
import type { LaunchValues } from "./launch.ts";
import { keptValues } from "./values.ts";

/**
 * Brings a bottle up and leaves a keeper with it. The keeper's process may begin beside the launch's last steps, which mostly wait; it
 * is told to keep once the bottle is up and its lock is free.
 *
 * @param bringUp gets what begins the process; has let go of the lock when it resolves
 */
export async function leaveKept(
  services: Services,
  plan: BottlePlan,
  { secrets, answers }: Pick<LaunchValues, "secrets" | "answers">,
  bringUp: (beginKeeper: () => void) => Promise<Bottle>,
): Promise<Bottle> {
  await using undo = new AsyncDisposableStack();
  let keeper: WaitingKeeper | undefined;
  const bottle = await bringUp(() => keeper = undo.use(services.keepers.start(plan.slug)));
  const environment = keptValues(plan, secrets, answers);
  await leaveKeeper(services, keeper ?? services.keepers.start(plan.slug), environment);
  return bottle;
}

/** Tells it to keep. A bottle goes on without a keeper: a failure is said, and no more. */
export async function leaveKeeper(
  { context: { out } }: Pick<Services, "context">,
  keeper: WaitingKeeper,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await keeper.keep(environment);
  } catch (error) {
    out.stderr(`! ${escapeControl(error instanceof Error ? error.message : String(error))}\n`);
  }
}
