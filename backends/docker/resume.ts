/** Starting a kept bottle again. */

import type { Bottle } from "../../lib/bottle.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { describeDropped, droppedLimits } from "../../lib/plan/limits.ts";
import { refuseAltered } from "./altered.ts";
import { isSameStart, readStart, readStarts } from "./agent_start.ts";
import { privateExceptions } from "./bundle_networks.ts";
import { readInForce } from "./in_force.ts";
import { type FoundContainer, ownedBy } from "./inventory.ts";
import { judge } from "./list.ts";
import { during } from "./progress.ts";
import { bundleForRepos } from "./remake_bundle.ts";
import { askBundle, findBottle, startContainers, subnetOf } from "./running.ts";
import {
  configure,
  documentFor,
  endpointsOf,
  type LaunchParts,
  makeBottle,
  makeReady,
  makeSelfTestSecret,
  outerOf,
} from "./session.ts";
import { sealAgent } from "./seal.ts";
import { stopContainers } from "./stop.ts";
import { together } from "./together.ts";

/**
 * Starts both containers, at the addresses that they had, and configures the bundle anew: new certificate, the
 * credentials of now. On a failure they are stopped again, and stay.
 *
 * @throws {BottleError} `bottle-unknown`, `bottle-broken`, `bottle-running`, `agent-altered`, or as launch
 */
export async function resume(parts: LaunchParts): Promise<Bottle> {
  const { engine, context, plan, options } = parts;
  const { progress, signal } = options;
  const { homeId, slug } = plan.fields;
  let found = await findBottle(engine, homeId, slug, signal);
  const isSealed = await isAgentSealed(parts, found.agent);
  if (isSealed && found.bundle.state === "running") {
    const { state } = judge(found.agent, found.bundle, await askBundle(engine, slug));
    if (state === "running") throw alreadyRunning(slug);
  }

  await using undo = new AsyncDisposableStack();
  undo.defer(() => stopContainers(engine, ownedBy(homeId, slug)));
  if (found.agent.state === "running" && !isSealed) {
    // What it may have started with must be looked at before it starts again.
    await stopContainers(engine, ownedBy(homeId, slug));
    found = await findBottle(engine, homeId, slug, signal);
  }
  const [subnet, exceptions] = await together(signal, [
    (either) => subnetOf(engine, slug, either),
    (either) => privateExceptions(engine, plan.egress.bundleNetworks, either),
    async (either) => {
      if (found.agent.state !== "running") {
        await refuseAltered(engine, slug, found.agent.id, either);
      }
    },
  ]);
  const secret = makeSelfTestSecret(plan, context);
  const document = documentFor(parts, subnet, {
    privateExceptions: exceptions,
    selfTest: secret,
  });
  const bundle = await during(progress, "Bundle and agent", async () => {
    signal.throwIfAborted();
    found = { ...found, bundle: await bundleForRepos(parts, subnet, found.bundle) };
    await startContainers(engine, outerOf(context, homeId), slug, found);
    await sealAgent(engine, {
      home: homeId,
      slug,
      agent: plan.containerName,
      image: found.bundle.image,
      bundle: subnet.bundle,
      runtime: plan.fields.runtime.name,
    });
    return undo.use(await withControl(configure(parts, document, signal)));
  });
  const bottle = makeBottle(parts, {
    endpoints: endpointsOf(plan, subnet, bundle.result),
    control: bundle.control,
    agentStart: await readStart(engine, found.agent.id, signal),
  });
  const { limits } = await readInForce(engine, found.agent.id, signal);
  for (const limit of droppedLimits(plan.manifest.bottle.resources, limits)) {
    options.onNotice?.(describeDropped(limit));
  }
  await makeReady(parts, bottle, subnet, secret, signal);
  undo.move();
  return bottle;
}

/** Whether the agent runs in the namespace that was sealed: somebody may have started its container anew since. */
async function isAgentSealed(
  { engine, options: { agentStart, signal } }: LaunchParts,
  agent: FoundContainer,
): Promise<boolean> {
  if (agent.state !== "running") return false;
  if (agentStart === undefined) return true;
  const [start] = await readStarts(engine, [agent.id], signal);
  return agentStart !== null && start !== undefined && isSameStart(start, agentStart);
}

/** A configured bundle that closes its stream when it is disposed. */
async function withControl<T extends { readonly control: AsyncDisposable }>(
  pending: Promise<T>,
): Promise<T & AsyncDisposable> {
  const configured = await pending;
  return {
    ...configured,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await configured.control[Symbol.asyncDispose]();
    },
  };
}

function alreadyRunning(slug: string): BottleError {
  return new BottleError(`The bottle "${slug}" runs already`, {
    code: "bottle-running",
    exitCode: ExitCode.failed,
    hint: `\`bot-bottle attach ${slug}\` goes into it`,
  });
}
