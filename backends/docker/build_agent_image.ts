/** Building an agent's image, once for each tag. */

import type { TarEntry } from "../../lib/archive/pack.ts";
import { EXTRA_CA_FILE } from "../../lib/image/context.ts";
import { baseImages } from "../../lib/image/dockerfile.ts";
import type { BuiltImage, ContextEntry } from "../../lib/image/types.ts";
import { basename } from "node:path";
import { cacheFolder } from "../bundle/bundle_script.ts";
import { holdLock } from "../bundle/hold_lock.ts";
import { buildImage } from "../engine/build.ts";
import type { Engine } from "../engine/engine.ts";
import { type EngineImage, hasImage, inspectImage } from "../engine/image.ts";
import { labelsOf } from "../engine/labels.ts";
import { pullImage } from "../engine/pull.ts";
import type { AgentImage, AgentImageOptions, ImageContext } from "./agent_image.ts";
import { setMark } from "./image_marks.ts";
import { removeNameless } from "./image_removal.ts";

/**
 * Builds; of two launches at once one builds and the other waits. With `rebuild` nothing that the engine remembers is
 * taken, and the image that had the tag goes if nothing uses it.
 *
 * @throws {BottleError} `image-build-failed`, and what the engine says
 */
export async function buildAgentImage(
  engine: Engine,
  context: ImageContext,
  plan: BuiltImage,
  options: AgentImageOptions,
): Promise<{ readonly image: EngineImage; readonly came: AgentImage["came"] }> {
  const { onLine, signal } = options;
  const { tag } = plan;
  const name = tag.replaceAll(/[^\w.-]/g, "-");
  await using _lock = await holdLock(
    `${cacheFolder(context)}/${name}.lock`,
    context.clock,
    signal,
    () => onLine("Another launch builds it: waiting"),
  );
  const before = await inspectImage(engine, tag, signal);
  if (before !== undefined && !plan.rebuild) return { image: before, came: "found" };
  if (plan.rebuild) await refreshBases(engine, plan, options);
  await buildImage(engine, {
    tag,
    dockerfile: plan.dockerfile,
    args: plan.args,
    noCache: plan.rebuild,
    ...(plan.context === null || plan.file === null ? {} : { dockerfileName: basename(plan.file) }),
    files: contextFiles(plan, options.extraCaPem),
    labels: labelsOf({ home: options.home, slug: null, role: "image" }),
    logFile: `${context.home}/logs/${name}.log`,
    onLine,
    signal,
  });
  const image = await inspectImage(engine, tag, signal);
  if (image === undefined) throw new Error(`the engine lost "${tag}", which it just built`);
  await setMark(context, { id: image.id, says: "built" });
  if (before !== undefined && before.id !== image.id) {
    await removeNameless(engine, context, before.id);
  }
  return { image, came: "built" };
}

/** The folder's files but the Dockerfile, which the build brings itself, and the operator's CA. */
export function contextFiles(
  { context, file }: Pick<BuiltImage, "context" | "file">,
  extraCaPem: string | null,
): readonly TarEntry[] {
  const dockerfile = file === null ? null : basename(file);
  return [
    ...(context?.entries ?? []).filter(({ name }) => name !== dockerfile).map(tarEntry),
    // Always there, so that a Dockerfile can copy it: a missing file would end the build.
    { name: EXTRA_CA_FILE, mode: 0o644, content: extraCaPem ?? "" },
  ];
}

function tarEntry(entry: ContextEntry): TarEntry {
  switch (entry.kind) {
    case "file":
      return { name: entry.name, mode: entry.mode, content: entry.content };
    case "folder":
      return { name: entry.name, mode: entry.mode, folder: true };
    case "link":
      return { name: entry.name, linkTo: entry.to };
    default:
      return entry satisfies never;
  }
}

/** Newer base images, where they can be had: on a machine that made its own they can't. */
async function refreshBases(
  engine: Engine,
  { dockerfile, args }: BuiltImage,
  { onLine, signal }: AgentImageOptions,
): Promise<void> {
  for (const base of baseImages(dockerfile, args)) {
    try {
      await pullImage(engine, base, { onLine, signal });
    } catch (error) {
      signal.throwIfAborted();
      // The build says best what is wrong with a base that nobody has.
      if (!await hasImage(engine, base, signal)) continue;
      const [why = error] = error instanceof Error ? [error.message] : [];
      onLine(`${why}: the engine's copy of the base image is used`);
    }
  }
}
