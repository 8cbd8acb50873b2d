/** Launching: from a plan to a running bottle, or back to nothing. */

import type { Bottle } from "../../lib/bottle.ts";
import type { Cidr } from "../../lib/egress/host/cidr.ts";
import type { ConfiguredBundle } from "../bundle/bundle.ts";
import { type AgentOwner, startAgent } from "./agent.ts";
import { readStart } from "./agent_start.ts";
import { beginGroundwork, type Groundwork, groundworkParts } from "./groundwork.ts";
import { LAUNCH_LABEL } from "../engine/labels.ts";
import { during } from "./progress.ts";
import type { SelfTestSecret } from "./self_test.ts";
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
import { startBundleOnce } from "./start_bundle.ts";
import { together } from "./together.ts";
import { undoLaunch } from "./undo.ts";

/**
 * Launches. The one order that counts: the agent's program runs last, when bundle, provisioning and self-test are
 * done; everything else begins as soon as what it needs is there. Calls that create take no signal, so that each has
 * settled when the undo begins.
 *
 * @throws {BottleError} of the step that failed, or the signal's reason; then nothing of the launch is left
 */
export async function launch(parts: LaunchParts, ranges: readonly Cidr[]): Promise<Bottle> {
  const { engine, context, plan, options } = parts;
  const { progress, signal } = options;
  const launchId = context.random(8).toHex();

  await using undo = new AsyncDisposableStack();
  undo.defer(() => {
    const outer = outerOf(context, plan.fields.homeId);
    return undoLaunch(engine, outer, { [LAUNCH_LABEL]: launchId }, progress);
  });

  const secret = makeSelfTestSecret(plan, context);
  let begun: Groundwork | undefined;
  const groundwork = (either: AbortSignal): Groundwork =>
    begun ??= beginGroundwork(parts, { ranges, launch: launchId }, either);
  const [bundle, inner, agentStart] = await together(signal, [
    async (either) => {
      const ready = await bringUpBundle(parts, groundwork(either), {
        launchId,
        secret,
        signal: either,
      });
      undo.use(ready.control);
      return ready;
    },
    (either) => groundwork(either).inner,
    async (either) => {
      await bringUpAgent(parts, groundwork(either), launchId, either);
      return await readStart(engine, plan.containerName, either);
    },
    ...groundworkParts.map((part) => (either: AbortSignal) => groundwork(either)[part]),
  ]);

  const bottle = makeBottle(parts, {
    endpoints: endpointsOf(plan, inner.subnet, bundle.result),
    control: bundle.control,
    agentStart,
  });
  await makeReady(parts, bottle, inner.subnet, secret, signal);
  undo.move();
  return bottle;
}

async function bringUpBundle(
  parts: LaunchParts,
  groundwork: Groundwork,
  { launchId, secret, signal }: {
    readonly launchId: string;
    readonly secret: SelfTestSecret;
    readonly signal: AbortSignal;
  },
): Promise<ConfiguredBundle> {
  const [image, inner, outer, privateExceptions] = await Promise.all([
    groundwork.bundleImage,
    groundwork.inner,
    groundwork.outer,
    groundwork.exceptions,
  ]);
  return await during(parts.options.progress, "Bundle", async () => {
    await startBundleOnce(parts, { image, inner, outer, launch: launchId }, signal);
    const extras = { privateExceptions, selfTest: secret };
    return await configure(parts, documentFor(parts, inner.subnet, extras), signal);
  });
}

async function bringUpAgent(
  { engine, plan, options: { progress, onNotice } }: LaunchParts,
  groundwork: Groundwork,
  launchId: string,
  signal: AbortSignal,
): Promise<void> {
  const [inner, image] = await Promise.all([groundwork.inner, groundwork.agentImage]);
  await during(progress, "Agent", async () => {
    const { homeId: home, slug } = plan.fields;
    const owner: AgentOwner = { home, slug, launch: launchId, name: plan.containerName };
    const { resources } = plan.manifest.bottle;
    const spec = {
      ...owner,
      image: image.id,
      imageVariables: image.variables,
      guestHome: plan.guestHome,
      network: inner.name,
      subnet: inner.subnet,
      resources,
      runtime: plan.fields.runtime.name,
    };
    const dropped = await startAgent(engine, spec, groundwork.bundleImage, signal);
    for (const line of dropped) onNotice?.(line);
  });
}
