/** Launching: from a plan to a running bottle, or back to nothing. */

import { createBundle, startBundle } from "../bundle/bundle.ts";
import { ensureBundleImage } from "../bundle/image.ts";
import type { Bottle } from "../../lib/bottle.ts";
import type { Cidr } from "../../lib/egress/cidr.ts";
import { BottleError } from "../../lib/errors.ts";
import { Label } from "../../lib/names.ts";
import { EngineErrorCode } from "../engine/errors.ts";
import { agentRunArgs, droppedLimits, readLimits } from "./agent.ts";
import { ensureAgentImage } from "./agent_image.ts";
import { engineFacts, hasDeadRoute } from "./availability.ts";
import { privateExceptions } from "./bundle_networks.ts";
import { createInnerNetwork, type InnerNetwork } from "./inner_network.ts";
import { findContainers } from "./inventory.ts";
import { LAUNCH_LABEL } from "./labels.ts";
import { ensureOuterNetwork } from "./outer_network.ts";
import { during } from "./progress.ts";
import { sealAgent } from "./seal.ts";
import {
  configure,
  documentFor,
  endpointsOf,
  type LaunchParts,
  makeBottle,
  makeReady,
  makeSelfTestSecret,
  outerOf,
  readExtraCaPem,
} from "./session.ts";
import { together } from "./together.ts";
import { undoLaunch } from "./undo.ts";

/** What has to be there before a container can be made. */
interface Groundwork {
  readonly bundleImage: string;
  readonly inner: InnerNetwork;
  readonly outer: string;
  readonly hasDeadRoute: boolean;
}

/**
 * Launches. The one order that counts: the agent's program runs last, when bundle, provisioning and self-test are
 * done; all else happens as much at once as it can. Calls that create take no signal, so that each has settled when
 * the undo begins.
 *
 * @throws {BottleError} of the step that failed, or the signal's reason; then nothing of the launch is left
 */
export async function launch(parts: LaunchParts, ranges: readonly Cidr[]): Promise<Bottle> {
  const { engine, context, plan, options } = parts;
  const { progress, signal } = options;
  const { homeId } = plan.fields;
  const launchId = context.random(8).toHex();

  await using undo = new AsyncDisposableStack();
  undo.defer(() =>
    undoLaunch(engine, outerOf(context, homeId), { [LAUNCH_LABEL]: launchId }, progress)
  );

  const extraCaPem = await readExtraCaPem(plan);
  const [groundwork, exceptions] = await together(signal, [
    (either) => layGroundwork(parts, ranges, launchId, extraCaPem, either),
    (either) => privateExceptions(engine, plan.egress.bundleNetworks, either),
  ]);
  const { inner } = groundwork;
  const secret = makeSelfTestSecret(plan, context);
  const document = documentFor(parts, inner.subnet, {
    extraCaPem,
    privateExceptions: exceptions,
    selfTest: secret,
  });
  const [bundle] = await together(signal, [
    (either) =>
      during(progress, "Bundle", async () => {
        await bringUpBundle(parts, groundwork, launchId, either);
        const configured = await configure(parts, document, either);
        undo.use(configured.control);
        return configured;
      }),
    (either) => startAgent(parts, groundwork, launchId, either),
  ]);

  const bottle = makeBottle(parts, endpointsOf(inner.subnet, bundle.result), bundle.control);
  await makeReady(parts, bottle, inner.subnet, secret, signal);
  undo.move();
  return bottle;
}

async function layGroundwork(
  { engine, context, plan, options: { progress } }: LaunchParts,
  ranges: readonly Cidr[],
  launchId: string,
  extraCaPem: string | null,
  signal: AbortSignal,
): Promise<Groundwork> {
  const { homeId, slug } = plan.fields;
  const [, bundleImage, [inner, outer], facts] = await together(signal, [
    (either) =>
      during(
        progress,
        "Agent image",
        (step) =>
          ensureAgentImage(engine, context, plan.agent.image, {
            extraCaPem,
            onLine: (line) => step.line(line),
            signal: either,
          }),
      ),
    (either) =>
      during(
        progress,
        "Bundle image",
        (step) =>
          ensureBundleImage(context, engine, { onLine: (line) => step.line(line), signal: either }),
      ),
    (either) =>
      during(progress, "Networks", () =>
        together(either, [
          () =>
            createInnerNetwork(engine, {
              home: homeId,
              slug,
              launch: launchId,
              ranges,
              random: context.random,
            }),
          () => ensureOuterNetwork(engine, outerOf(context, homeId)),
        ])),
    (either) => engineFacts(engine, either),
  ]);
  return { bundleImage, inner, outer, hasDeadRoute: hasDeadRoute(facts) };
}

/**
 * Another session of this home that ends at this moment may remove the outer network between its making and the
 * start of the bundle, which until then does not hold it: then both are made again, once.
 */
async function bringUpBundle(
  parts: LaunchParts,
  groundwork: Groundwork,
  launchId: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine, context, plan } = parts;
  try {
    await runBundle(parts, groundwork, launchId, signal);
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== EngineErrorCode.notFound) throw error;
    const made = await findContainers(engine, { [LAUNCH_LABEL]: launchId, [Label.role]: "bundle" });
    if (made.length > 0) await engine.docker(["rm", "--force", ...made.map(({ id }) => id)]);
    const outer = await ensureOuterNetwork(engine, outerOf(context, plan.fields.homeId));
    await runBundle(parts, { ...groundwork, outer }, launchId, signal);
  }
}

async function runBundle(
  { engine, plan }: LaunchParts,
  { bundleImage, inner, outer }: Groundwork,
  launchId: string,
  signal: AbortSignal,
): Promise<void> {
  const { slug, homeId } = plan.fields;
  signal.throwIfAborted();
  await createBundle(engine, {
    slug,
    homeId,
    image: bundleImage,
    inner: { network: inner.name, address: inner.subnet.bundle },
    outer,
    extraNetworks: plan.egress.bundleNetworks.map(({ name }) => name),
    labels: { [LAUNCH_LABEL]: launchId },
  });
  signal.throwIfAborted();
  await startBundle(engine, slug);
}

async function startAgent(
  { engine, plan, options: { progress } }: LaunchParts,
  { bundleImage, inner, hasDeadRoute }: Groundwork,
  launchId: string,
  signal: AbortSignal,
): Promise<void> {
  const { slug, homeId, manifest } = plan.fields;
  const { resources } = manifest.bottle;
  signal.throwIfAborted();
  await during(progress, "Agent", async (step) => {
    await engine.docker(agentRunArgs({
      home: homeId,
      slug,
      launch: launchId,
      name: plan.containerName,
      image: plan.image,
      network: inner.name,
      subnet: inner.subnet,
      resources,
      hasDeadRoute,
    }));
    signal.throwIfAborted();
    await sealAgent(engine, {
      home: homeId,
      slug,
      launch: launchId,
      agent: plan.containerName,
      image: bundleImage,
      bundle: inner.subnet.bundle,
    });
    const dropped = droppedLimits(resources, await readLimits(engine, plan.containerName, signal));
    for (const line of dropped) step.line(line);
  });
}
