/** From a plan to a running bottle that is remembered. */

import type { Progress } from "../../backends/backend.ts";
import type { Bottle } from "../../lib/bottle.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import { provision } from "../../lib/provision/provision.ts";
import type { Secret } from "../../lib/secret.ts";
import { type BottleState, STATE_SCHEMA } from "../../lib/state/state.ts";
import type { StateChange } from "../../lib/state/store.ts";
import type { WorkspacePlan } from "../../lib/workspace/types.ts";
import { findProvider } from "../../providers/registry.ts";
import type { Services } from "../command.ts";
import { recallStart, rememberStart } from "./agent_start.ts";
import { consentDigest } from "./consent.ts";
import { withdrawDeployKeys } from "./deploy_keys.ts";
import { tellStaying, TO_THE_END, withGateKeys } from "./gate_keys.ts";
import { leaveKept } from "./leave_keeper.ts";
import type { BottleRequest } from "./prepare.ts";
import { takeBottle } from "./take.ts";
import { takeOver } from "./take_over.ts";

/** What a launch takes besides its plan. */
export interface LaunchValues {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly answers: ReadonlyMap<string, string>;
  readonly progress: Progress;
}

/**
 * Launches a new bottle. A failure or an abort leaves nothing, neither in the engine nor in the home.
 *
 * @throws {BottleError} with exit code 125 where the bottle could not start
 */
export async function launchNew(
  services: Services,
  plan: BottlePlan,
  request: BottleRequest,
  values: LaunchValues,
): Promise<Bottle> {
  const { states, leftovers, context } = services;
  const backend = await services.backend();
  const notices: string[] = [];
  try {
    await states.create(newState(plan, request, context.cwd, context.clock.now()));
  } catch (error) {
    throw couldNotStart(error);
  }
  const leftover = leftoverOf(plan);
  leftovers.add(leftover);
  try {
    return await leaveKept(services, plan, values, async (beginKeeper) => {
      using _lock = await states.lock(plan.slug);
      return await withGateKeys(services, plan, values, async (gateKeys) => {
        const bottle = await backend.launch(plan, {
          ...values,
          gateKeys,
          signal: context.signal,
          provision: async (bottle) => {
            beginKeeper();
            await provisionWith(services, bottle, values, false);
          },
          onNotice: (text) => notices.push(text),
        });
        tellNotices(services, notices);
        const agentStart = rememberStart(bottle.agentStart);
        const change = { phase: "running", agent_start: agentStart } as const;
        await remember(services, bottle, "new", change);
        return bottle;
      });
    });
  } catch (error) {
    await states.remove(plan.slug);
    leftovers.delete(leftover);
    throw couldNotStart(error);
  }
}

/**
 * Starts a kept bottle again with a bundle configured anew. A failure leaves it stopped.
 *
 * @throws {BottleError} with exit code 125 where the bottle could not start
 */
export async function launchKept(
  services: Services,
  plan: BottlePlan,
  values: LaunchValues,
): Promise<Bottle> {
  const { states, leftovers, context } = services;
  const backend = await services.backend();
  const notices: string[] = [];
  leftovers.add(leftoverOf(plan));
  try {
    return await leaveKept(services, plan, values, async (beginKeeper) => {
      await using taken = await takeOver(services, plan.slug, { signal: context.signal });
      const { agent_start: sealed } = await states.read(plan.slug);
      return await withGateKeys(services, plan, values, async (gateKeys) => {
        const bottle = await backend.resume(plan, {
          ...values,
          gateKeys,
          signal: context.signal,
          agentStart: sealed === null ? null : recallStart(sealed),
          provision: async (bottle) => {
            beginKeeper();
            await provisionWith(services, bottle, values, true);
          },
          onNotice: (text) => notices.push(text),
        });
        tellNotices(services, notices);
        taken.settle();
        await remember(services, bottle, "kept", {
          phase: "running",
          consent: consentDigest(plan),
          credential_type: plan.agent.credentialType ?? null,
          agent_start: rememberStart(bottle.agentStart),
        });
        return bottle;
      });
    });
  } catch (error) {
    leftovers.delete(leftoverOf(plan));
    throw couldNotStart(error);
  }
}

/** A bottle that can't be remembered must not run. */
async function remember(
  services: Services,
  bottle: Bottle,
  kind: "new" | "kept",
  change: StateChange,
): Promise<void> {
  try {
    await services.states.update(bottle.plan.slug, change);
  } catch (error) {
    await bottle.control[Symbol.asyncDispose]();
    // What could not be taken back either is found by its labels; the first error is the one to tell.
    await takeBack(services, bottle, kind).catch(() => undefined);
    throw error;
  }
}

/** Removes a new bottle from the engine, also one that is to be kept when it ends; stops one that was kept before. */
async function takeBack(
  services: Services,
  bottle: Bottle,
  kind: "new" | "kept",
): Promise<void> {
  if (kind === "kept") return await bottle.stop();
  const { slug, fields } = bottle.plan;
  const backend = await services.backend();
  const selection = { slugs: [slug], includeRunning: true };
  await backend.cleanup(await backend.plannedCleanup(fields.homeId, selection));
}

/** Once the progress is drawn: even with `--quiet`, for it is about what holds the agent. */
function tellNotices({ context: { out } }: Services, notices: readonly string[]): void {
  for (const text of notices) out.stderr(`! ${escapeControl(text)}\n`);
}

/** What a second Ctrl-C would leave of it. */
export function leftoverOf(plan: BottlePlan): string {
  return `the bottle "${plan.slug}": \`bot-bottle cleanup ${plan.slug}\` removes it`;
}

/**
 * Lets go of a bottle that goes on. An interrupt that came too late for the launch to undo itself is carried out here:
 * the person was told that all is cleaned up.
 *
 * @throws the signal's reason, once a new bottle is removed and a kept one stopped
 */
export async function detach(
  services: Services,
  bottle: Bottle,
  kind: "new" | "kept",
): Promise<void> {
  const { states, context, leftovers } = services;
  const { slug } = bottle.plan;
  await bottle.control[Symbol.asyncDispose]();
  if (context.signal.aborted) {
    using _lock = await takeBottle(services, slug);
    await takeBack(services, bottle, kind);
    tellStaying(services, await withdrawDeployKeys(services, slug, TO_THE_END));
    if (kind === "kept") await states.update(slug, { phase: "stopped" });
    else await states.remove(slug);
  }
  leftovers.delete(leftoverOf(bottle.plan));
  context.signal.throwIfAborted();
}

/** @param again the guest was provisioned before */
async function provisionWith(
  { context, settings }: Services,
  bottle: Bottle,
  { progress }: LaunchValues,
  again: boolean,
): Promise<void> {
  const { plan } = bottle;
  await provision(bottle, plan, await findProvider(plan.agent.provider), {
    again,
    signal: context.signal,
    host: context,
    step: (name) => progress.step(name),
    onNote: (text) => {
      if (!settings.verbose) return;
      using step = progress.step(text);
      step.done();
    },
  });
}

function newState(
  plan: BottlePlan,
  request: BottleRequest,
  cwd: string,
  now: Date,
): BottleState {
  return {
    schema: STATE_SCHEMA,
    slug: plan.slug,
    agent: request.agent,
    bottle: request.bottle ?? null,
    label: request.label ?? null,
    backend: plan.fields.backend,
    cwd: request.cwd ?? cwd,
    bundle_networks: (request.bundleNetworks ?? []).map(({ name, hosts }) => ({
      name,
      hosts: [...hosts],
    })),
    image: request.image ?? null,
    image_used: plan.image,
    credential_type: plan.agent.credentialType ?? null,
    runtime: plan.fields.runtime.name,
    workspace: plan.fields.workspace === null ? null : rememberWorkspace(plan.fields.workspace),
    route_changes: [],
    transcript_paths: [...plan.agent.transcriptPaths],
    keep: request.keep ?? false,
    created_at: now.toISOString(),
    phase: "launching",
    sessions: 0,
    consent: consentDigest(plan),
    last: null,
    agent_start: null,
  };
}

function rememberWorkspace(workspace: WorkspacePlan): NonNullable<BottleState["workspace"]> {
  const { folder, branch, base, include, isShallow, guestFolder } = workspace;
  return {
    folder,
    branch,
    base,
    include: [...include],
    is_shallow: isShallow,
    guest_folder: guestFolder,
    fetched: null,
    work: null,
  };
}

function couldNotStart(error: unknown): unknown {
  if (!(error instanceof BottleError) || error.exitCode !== ExitCode.failed) return error;
  return new BottleError(error.message, {
    code: error.code,
    exitCode: ExitCode.cannotStart,
    details: error.details,
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.place === undefined ? {} : { place: error.place }),
  });
}
