/** The agent's image: built once for each tag, which is made of its content. */

import type { Context } from "../../lib/context.ts";
import { Label, VERSION } from "../../lib/names.ts";
import type { ImagePlan } from "../../lib/plan/agent_plan.ts";
import { buildImage, hasImage } from "../engine/build.ts";
import type { Engine } from "../engine/engine.ts";

/** Options of {@linkcode ensureAgentImage}. */
export interface AgentImageOptions {
  /** The operator's CA, for what the build fetches; null: none. */
  readonly extraCaPem: string | null;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Builds the image unless the engine has it.
 *
 * @returns whether it was built now
 * @throws {BottleError} `image-build-failed`, and what the engine says
 */
export async function ensureAgentImage(
  engine: Engine,
  context: Pick<Context, "home">,
  image: ImagePlan,
  options: AgentImageOptions,
): Promise<boolean> {
  if (await hasImage(engine, image.tag, options.signal)) return false;
  await buildImage(engine, {
    tag: image.tag,
    dockerfile: image.dockerfile,
    args: image.args,
    // Always there, so that a Dockerfile can copy it: a missing file would end the build.
    files: [{ name: "extra-ca.pem", mode: 0o644, content: options.extraCaPem ?? "" }],
    labels: { [Label.role]: "image", [Label.version]: VERSION },
    logFile: `${context.home}/logs/${image.tag.replaceAll(/[^\w.-]/g, "-")}.log`,
    onLine: options.onLine,
    signal: options.signal,
  });
  return true;
}
