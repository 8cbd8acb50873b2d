/** The agent's image: found, pulled or built, and seen to be fit for a guest. */

import { createHash } from "node:crypto";
import type { Context } from "../../lib/context.ts";
import type { ImagePlan } from "../../lib/image/types.ts";
import type { HomeId } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { type EngineImage, inspectImage } from "../engine/image.ts";
import { pullImage } from "../engine/pull.ts";
import { buildAgentImage } from "./build_agent_image.ts";
import { checkGuest, GUEST_CHECK } from "./guest_check.ts";
import { isMarked, setMark } from "./image_marks.ts";

/** Options of {@linkcode ensureAgentImage}. */
export interface AgentImageOptions {
  /** Whose label a built image gets. */
  readonly home: HomeId;
  /** The launch, for its undo. */
  readonly launch?: string;
  /** The guest's home, absolute. */
  readonly guestHome: string;
  /** The operator's CA, for what the build fetches; null: none. */
  readonly extraCaPem: string | null;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The image that a bottle starts from. */
export interface AgentImage {
  /** What was looked at is what runs: its id, whatever becomes of its tag. */
  readonly id: string;
  /** Names of the variables that it sets. */
  readonly variables: readonly string[];
  /** How it came to be here. */
  readonly came: "found" | "pulled" | "built";
}

/** What getting an image touches of the outside. */
export type ImageContext = Pick<Context, "home" | "env" | "clock">;

/**
 * Sees to it that the engine has the image. The same inputs never build twice, also when two launches ask at once.
 *
 * @throws {BottleError} `image-build-failed`, `image-unavailable`, `image-unfit`, and what the engine says
 */
export async function ensureAgentImage(
  engine: Engine,
  context: ImageContext,
  plan: ImagePlan,
  options: AgentImageOptions,
): Promise<AgentImage> {
  const { signal } = options;
  const found = plan.rebuild ? undefined : await inspectImage(engine, plan.tag, signal);
  const { image, came } = found === undefined
    ? await obtain(engine, context, plan, options)
    : { image: found, came: "found" as const };
  await ensureFit(engine, context, { plan, image }, options);
  const { id, variables } = image;
  return { id, variables, came };
}

async function obtain(
  engine: Engine,
  context: ImageContext,
  plan: ImagePlan,
  options: AgentImageOptions,
): Promise<{ readonly image: EngineImage; readonly came: AgentImage["came"] }> {
  if (plan.kind === "build") return await buildAgentImage(engine, context, plan, options);
  const { onLine, signal } = options;
  const before = plan.rebuild ? await inspectImage(engine, plan.tag, signal) : undefined;
  try {
    await pullImage(engine, plan.tag, { onLine, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (before === undefined) throw error;
    onLine(`"${plan.tag}" can't be pulled: the engine's copy is used`);
    return { image: before, came: "found" };
  }
  const image = await inspectImage(engine, plan.tag, signal);
  if (image === undefined) throw new Error(`the engine lost "${plan.tag}", which it just pulled`);
  return { image, came: "pulled" };
}

/** Asked once for each image: the answer can't change with the same id. */
async function ensureFit(
  engine: Engine,
  context: ImageContext,
  { plan, image }: { readonly plan: ImagePlan; readonly image: EngineImage },
  { home, launch, guestHome, signal }: AgentImageOptions,
): Promise<void> {
  const wanted = JSON.stringify([GUEST_CHECK, guestHome, plan.programs]);
  const says = `fit-${createHash("sha256").update(wanted).digest("hex").slice(0, 12)}`;
  const mark = { id: image.id, says };
  if (await isMarked(context, mark)) return;
  const { tag, programs } = plan;
  const own = launch === undefined ? {} : { launch };
  await checkGuest(engine, { tag, image, home, guestHome, programs, ...own }, signal);
  await setMark(context, mark);
}
