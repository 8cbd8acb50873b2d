/** The handle on a bottle that another process launched. */

import type { Context } from "../../lib/context.ts";
import { BottlePlan } from "../../lib/plan/plan.ts";
import { guestEnvironment } from "../../lib/plan/guest_env.ts";
import type { Bottle } from "../../lib/bottle.ts";
import { openBundle, waitReady } from "../bundle/bundle.ts";
import type { Engine } from "../engine/engine.ts";
import { readStart } from "./agent_start.ts";
import { DockerBottle } from "./bottle.ts";
import { ownedBy } from "./inventory.ts";
import { findBottle, notRunning, subnetOf } from "./running.ts";
import { endpointsOf, outerOf } from "./session.ts";
import { stopContainers } from "./stop.ts";
import { removeLabelled } from "./undo.ts";
import { BottleError } from "../../lib/errors.ts";

/** Egress may be on its way back up: restarts take a moment. */
const READY_MS = 5_000;

/**
 * Opens. Variables that come from the host or from a person are not known here: commands bring them.
 *
 * @throws {BottleError} `bottle-unknown`, `bottle-broken`, `bottle-not-running`, `bundle-shut`, `bundle-not-ready`
 */
export async function openBottle(
  { engine, context, plan }: {
    readonly engine: Engine;
    readonly context: Context;
    readonly plan: BottlePlan;
  },
  signal: AbortSignal,
): Promise<Bottle> {
  const { homeId, slug } = plan.fields;
  const found = await findBottle(engine, homeId, slug, signal);
  if (found.agent.state !== "running" || found.bundle.state !== "running") throw notRunning(slug);
  await using undo = new AsyncDisposableStack();
  const control = undo.use(openBundle(engine, slug));
  const [subnet, { configuration }, agentStart] = await Promise.all([
    subnetOf(engine, slug, signal),
    waitReady(control, context.clock, READY_MS, signal),
    readStart(engine, found.agent.id, signal),
  ]);
  if (configuration === null) {
    throw new BottleError(`The bundle of "${slug}" has no certificate`, { code: "bundle-shut" });
  }
  const endpoints = endpointsOf(plan, subnet, configuration);
  const known = withLiteralsOnly(plan);
  const owned = ownedBy(homeId, slug);
  undo.move();
  return new DockerBottle({
    engine,
    plan,
    endpoints,
    control,
    agentStart,
    guestEnv: () => guestEnvironment(known, endpoints, new Map(), new Map()),
    hasTerminal: context.out.isTerminal.stdin && context.out.isTerminal.stdout,
    stop: () => stopContainers(engine, owned),
    remove: () => removeLabelled(engine, outerOf(context, homeId), owned),
  });
}

function withLiteralsOnly(plan: BottlePlan): BottlePlan {
  const env = new Map([...plan.fields.env].filter(([, value]) => value.kind === "literal"));
  return new BottlePlan({ ...plan.fields, env });
}
