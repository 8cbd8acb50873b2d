/** A bottle that runs already, from its slug. */

import type { Bottle } from "../../lib/bottle.ts";
import { parseSlug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { Services } from "../command.ts";
import { askForValues } from "./agree.ts";
import { prepareBottle, requestToEnter } from "./prepare.ts";
import { forwardedSecrets, guestValues } from "./values.ts";

/** A running bottle, opened. */
export interface OpenedBottle {
  readonly bottle: Bottle;
  readonly state: BottleState;
  /** Variables for programs in it that come from the host or from the person, as they are now. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Opens it by what is remembered. The manifests are read again: the guest's variables come from them. No credential is
 * asked for: the bundle has them.
 *
 * @throws {BottleError} `slug-invalid`, `bottle-unknown`, `bottle-not-running`, or the manifests' problems
 */
export async function openBottle(services: Services, name: string): Promise<OpenedBottle> {
  const { context } = services;
  const state = await services.states.read(parseSlug(name));
  const backend = await services.backend();
  const plan = await prepareBottle(context, backend, requestToEnter(state));
  const bottle = await backend.open(plan, context.signal);
  const secrets = forwardedSecrets(plan, context.env);
  const env = guestValues(plan, secrets, await askForValues(services, plan));
  return { bottle, state, env };
}
