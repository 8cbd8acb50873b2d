/** What opens a bottle's upstreams, for the time of a launch. */

import { readStaticKeys } from "../../lib/credential/static_keys.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Services } from "../command.ts";
import { stayingKeyLine } from "../ui/staying_keys.ts";
import {
  type KeyServices,
  makeDeployKeys,
  type StayingKey,
  withdrawDeployKeys,
} from "./deploy_keys.ts";
import type { LaunchValues } from "./launch.ts";

/** Nothing breaks it off: each request has a limit of its own. */
export const TO_THE_END: AbortSignal = new AbortController().signal;

/**
 * Reads the keys that are the person's own, makes those that are the bottle's, and launches with them. The bottle's lock must be held: a failure
 * removes every deploy key of this bottle.
 *
 * @param launch gets the private keys' texts, by the repository's name
 */
export async function withGateKeys<T>(
  services: KeyServices,
  plan: BottlePlan,
  values: Pick<LaunchValues, "secrets" | "progress">,
  launch: (gateKeys: ReadonlyMap<string, string>) => Promise<T>,
): Promise<T> {
  try {
    const own = await readStaticKeys(plan.gitGate.repos, services.context.env);
    return await launch(
      new Map([
        ...own.entries().map(([name, { text }]): [string, string] => [name, text.reveal()]),
        ...await makeDeployKeys(services, plan, values),
      ]),
    );
  } catch (error) {
    tellStaying(services, await withdrawDeployKeys(services, plan.slug, TO_THE_END));
    throw error;
  }
}

/** Says which keys of a launch that came to nothing are still there: even with `--quiet`, for somebody has to act. */
export function tellStaying(
  { context: { out } }: Pick<Services, "context">,
  staying: readonly StayingKey[],
): void {
  for (const key of staying) out.stderr(`${stayingKeyLine(key, "bot-bottle cleanup")}\n`);
}

/** Removes a bottle's deploy keys where nobody reads what is printed. @throws {BottleError} `deploy-key-stays` */
export async function endDeployKeys(services: KeyServices, slug: Slug): Promise<void> {
  const [first, ...others] = await withdrawDeployKeys(services, slug, TO_THE_END);
  if (first === undefined) return;
  throw new BottleError(`The deploy key "${first.record.title}" stays: ${first.why}`, {
    code: "deploy-key-stays",
    hint: "`bot-bottle cleanup` tries again",
    details: others.map(({ record, why }) => `"${record.title}" stays: ${why}`),
  });
}
