/** A plan is printed, stored and compared: nothing in it may hold a credential. */

import { BottleError } from "../errors.ts";
import type { ProviderPlan } from "./provider_plan.ts";

/** A value this short is found in any text. */
const MIN_LENGTH = 8;

/**
 * Looks for credentials in what a provider wants: its variables, files, commands, routes and argument lists.
 *
 * @param values values of the bottle's credentials
 * @throws {BottleError} `provider-leak`
 */
export function checkProviderPlan(
  provider: string,
  plan: ProviderPlan,
  values: readonly string[],
): void {
  const argv = [plan.launch, plan.resume, plan.headless].map((command) => command("/prompt").argv);
  const text = JSON.stringify([plan, argv]);
  const leaks = values.some((value) =>
    value.length >= MIN_LENGTH && text.includes(JSON.stringify(value).slice(1, -1))
  );
  if (!leaks) return;
  throw new BottleError(`The provider "${provider}" puts a credential into its plan`, {
    code: "provider-leak",
    hint: "A provider gives the guest placeholders: `context.placeholder(prefix)`",
  });
}
