/** The bundle of a kept bottle that was made before the bottle had repositories. */

import { createBundle } from "../bundle/bundle.ts";
import { ensureBundleImage } from "../bundle/image.ts";
import { MIRRORS_FOLDER } from "../../lib/git_gate/config.ts";
import { resourceName } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import type { FoundContainer } from "./inventory.ts";
import { ensureOuterNetwork } from "./outer_network.ts";
import { findBottle } from "./running.ts";
import { type LaunchParts, outerOf } from "./session.ts";
import type { BottleSubnet } from "./subnets.ts";

/**
 * Makes the bundle anew, at its address and of the image of now, where git-gate is to run and the one there is has no place
 * for mirrors. Nothing is lost: what a bundle keeps is on volumes.
 *
 * @returns the bundle to start: the one there was, if it will do
 * @throws {BottleError} as the bundle's image and its making do; a failure of the making leaves the bottle without a bundle
 */
export async function bundleForRepos(
  { engine, context, plan, options: { signal } }: LaunchParts,
  subnet: BottleSubnet,
  bundle: FoundContainer,
): Promise<FoundContainer> {
  const { slug, homeId } = plan.fields;
  if (plan.gitGate.repos.length === 0 || await hasMirrors(engine, bundle.id, signal)) return bundle;
  const [image, outer] = await Promise.all([
    ensureBundleImage(context, engine, { signal }),
    ensureOuterNetwork(engine, outerOf(context, homeId)),
  ]);
  signal.throwIfAborted();
  // Both have one name and one address: the old one goes first.
  await engine.docker(["stop", "--time", "5", bundle.id]);
  await engine.docker(["rm", "--force", bundle.id]);
  await createBundle(engine, {
    slug,
    homeId,
    image,
    inner: { network: resourceName(slug, "inner"), address: subnet.bundle },
    outer,
    extraNetworks: plan.egress.bundleNetworks.map(({ name }) => name),
    mirrors: true,
  });
  return (await findBottle(engine, homeId, slug)).bundle;
}

async function hasMirrors(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  const format = "{{range .Mounts}}{{println .Destination}}{{end}}";
  const args = ["container", "inspect", "--format", format, container];
  return (await engine.docker(args, { signal })).split("\n").includes(MIRRORS_FOLDER);
}
