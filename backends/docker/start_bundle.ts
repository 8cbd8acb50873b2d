/** The bundle's container of a launch: made, joined to its networks, started. */

import { createBundle, startBundle } from "../bundle/bundle.ts";
import { BottleError } from "../../lib/errors.ts";
import { Label } from "../../lib/names.ts";
import { EngineErrorCode } from "../engine/errors.ts";
import type { InnerNetwork } from "./inner_network.ts";
import { findContainers } from "./inventory.ts";
import { LAUNCH_LABEL } from "../engine/labels.ts";
import { ensureOuterNetwork } from "./outer_network.ts";
import { type LaunchParts, outerOf } from "./session.ts";

/** What a launch knows of its bundle. */
export interface BundleStart {
  readonly image: string;
  readonly inner: InnerNetwork;
  /** The outer network's id. */
  readonly outer: string;
  readonly launch: string;
}

/**
 * Starts the bundle; nothing is configured. Another session of this home that ends at this moment may remove the
 * outer network between its making and the start, which until then does not hold it: then both are made again, once.
 *
 * @throws {BottleError} what the engine says
 */
export async function startBundleOnce(
  parts: LaunchParts,
  start: BundleStart,
  signal: AbortSignal,
): Promise<void> {
  const { engine, context, plan } = parts;
  try {
    await createAndStart(parts, start, signal);
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== EngineErrorCode.notFound) throw error;
    const labels = { [LAUNCH_LABEL]: start.launch, [Label.role]: "bundle" };
    const made = await findContainers(engine, labels);
    if (made.length > 0) await engine.docker(["rm", "--force", ...made.map(({ id }) => id)]);
    const outer = await ensureOuterNetwork(engine, outerOf(context, plan.fields.homeId));
    await createAndStart(parts, { ...start, outer }, signal);
  }
}

async function createAndStart(
  { engine, plan }: LaunchParts,
  { image, inner, outer, launch }: BundleStart,
  signal: AbortSignal,
): Promise<void> {
  const { slug, homeId } = plan.fields;
  signal.throwIfAborted();
  await createBundle(engine, {
    slug,
    homeId,
    image,
    inner: { network: inner.name, address: inner.subnet.bundle },
    outer,
    extraNetworks: plan.egress.bundleNetworks.map(({ name }) => name),
    mirrors: plan.gitGate.repos.length > 0,
    labels: { [LAUNCH_LABEL]: launch },
  });
  signal.throwIfAborted();
  await startBundle(engine, slug);
}
