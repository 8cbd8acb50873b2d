/** What a check hands to a container that looks around. */

import type { ProbeOptions } from "../../backends/docker/probe.ts";
import { findHomeId } from "../../lib/home_id.ts";
import type { Scene } from "./scene.ts";

/** Null: there is no engine, or no image to make one from. */
export async function probeOptions(
  { services: { context }, docker }: Scene,
  signal: AbortSignal,
): Promise<ProbeOptions | null> {
  if (docker === null || docker.image === null) return null;
  const { random } = context;
  return { home: await findHomeId(context.home), image: docker.image, random, signal };
}
