/** A bottle that runs already, from its slug. */

import type { Bottle } from "../../lib/bottle.ts";
import { BottleError } from "../../lib/errors.ts";
import { parseSlug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { Services } from "../command.ts";
import { refuseUnsealed } from "./agent_start.ts";
import { askForValues } from "./agree.ts";
import { consentDigest } from "./consent.ts";
import { keptEnvironment } from "./take_over.ts";
import { prepareBottle, requestToEnter } from "./prepare.ts";
import { forwardedSecrets, keptValues } from "./values.ts";

/** A running bottle, opened. */
export interface RunningBottle {
  /** Its control stream is the caller's to dispose. */
  readonly bottle: Bottle;
  readonly state: BottleState;
}

/** A running bottle, opened for programs of its own. */
export interface OpenedBottle extends RunningBottle {
  /** Variables for programs in it: the provider's, and those that come from the host or from the person. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether they are its keeper's; else they are as they are now, and it has none. */
  readonly hasKeeper: boolean;
}

/**
 * Opens it by what is remembered. The manifests are read again: the guest's environment is made from them. No credential is
 * asked for: the bundle has them. Commands that run without the guest's variables need no more than this.
 *
 * @throws {BottleError} `slug-invalid`, `bottle-unknown`, `bottle-not-running`, `agent-unsealed`, or the manifests' problems
 */
export async function openRunning(services: Services, name: string): Promise<RunningBottle> {
  const { context } = services;
  const state = await services.states.read(parseSlug(name));
  const backend = await services.backend();
  const plan = await prepareBottle(context, backend, requestToEnter(state));
  await using undo = new AsyncDisposableStack();
  const bottle = await backend.open(plan, context.signal);
  undo.use(bottle.control);
  refuseUnsealed(bottle.agentStart, state);
  undo.move();
  return { bottle, state };
}

/**
 * The same with the guest's variables as its first program got them: its keeper has them, so that neither this shell nor the person is
 * asked. Without a keeper they are read and asked for again, and the placeholders of credentials are others.
 *
 * @throws {BottleError} as {@linkcode openRunning}; `consent-changed`, `host-variable-missing`, `no-terminal`
 */
export async function openBottle(services: Services, name: string): Promise<OpenedBottle> {
  const { bottle, state } = await openRunning(services, name);
  await using undo = new AsyncDisposableStack();
  undo.use(bottle.control);
  refuseChanged(bottle.plan, state);
  const kept = await keptEnvironment(services, state.slug, services.context.signal);
  const env = kept ?? await valuesOfNow(services, bottle.plan);
  undo.move();
  return { bottle, state, env, hasKeeper: kept !== undefined };
}

/**
 * A repository's agent may have become another since the person's yes, by a pull or a merge: it could name a bottle whose
 * variables nobody meant it to have. What the person changes in the home is the person's wish.
 */
function refuseChanged(plan: BottlePlan, { slug, consent }: BottleState): void {
  const { agent } = plan.manifest;
  if (agent.origin !== "repository" || consentDigest(plan) === consent) return;
  throw new BottleError(
    `The agent "${agent.name}" of "${slug}" has changed since you agreed to it`,
    {
      code: "consent-changed",
      hint:
        `\`bot-bottle stop ${slug}\`, then \`bot-bottle resume ${slug}\` shows what it would do now, and asks`,
      place: { file: agent.file },
    },
  );
}

async function valuesOfNow(services: Services, plan: BottlePlan): Promise<Record<string, string>> {
  const secrets = forwardedSecrets(plan, services.context.env);
  return keptValues(plan, secrets, await askForValues(services, plan));
}
