/** Deploy keys that are at a forge and should not be. */

import { knownKeys } from "../../session/deploy_keys.ts";
import { runningSlugs } from "../../session/plan_cleanup.ts";
import { type PendingKey, pendingKeys } from "../../session/pending_keys.ts";
import type { BottleError } from "../../../lib/errors.ts";
import { type Finding, ok, warning } from "../finding.ts";
import type { Check } from "../scene.ts";

/** Looks at the home's records; asks no forge. */
export const deployKeys: Check = {
  name: "deploy-keys",
  run: async ({ services, docker }) => {
    const { records, corrupted } = await knownKeys(services);
    const running = docker === null ? [] : [...await runningSlugs(services)];
    const pending = pendingKeys(records, await services.states.all(), running);
    return judgeKeys(pending, corrupted, records.length);
  },
};

/** @param count of all keys, those that are in use too */
export function judgeKeys(
  pending: readonly PendingKey[],
  corrupted: readonly BottleError[],
  count: number,
): readonly Finding[] {
  const findings = [
    ...pending.map(({ slug, title, api, repository }) =>
      warning(
        `The deploy key "${title}" of "${repository}" at "${api}" is of a bottle that does not run`,
        "`bot-bottle cleanup` removes it, once the credential that made it is there again",
        { slug, title, api, repository },
      )
    ),
    ...corrupted.map(({ message, hint, place }) =>
      warning(message, hint ?? "", { file: place?.file ?? "" })
    ),
  ];
  if (findings.length > 0) return findings;
  return [ok(count === 0 ? "None is left anywhere" : `${count} in use`, { keys: count })];
}
