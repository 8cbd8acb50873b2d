/** The bundle's image: built once, used by every bottle. */

import { createHash } from "node:crypto";
import type { Context } from "../../lib/context.ts";
import { findHomeId } from "../../lib/home_id.ts";
import { buildImage } from "../engine/build.ts";
import type { Engine } from "../engine/engine.ts";
import { hasImage } from "../engine/image.ts";
import { labelsOf } from "../engine/labels.ts";
import { type BundleAssets, bundleAssets } from "./assets.ts";
import { cacheFolder } from "./bundle_script.ts";
import { holdLock } from "./hold_lock.ts";

/** Options of {@linkcode ensureBundleImage}. */
export interface BundleImageOptions {
  /** Each line of the build's output. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The tag of the image that these assets make: `bot-bottle-bundle:<12 hex>`. */
export function bundleTag(assets: BundleAssets): string {
  const hash = createHash("sha256")
    .update(`${assets.dockerfile.length}\0${assets.dockerfile}\0`)
    .update(`${assets.hook.length}\0${assets.hook}\0`)
    .update(assets.sidecarsJs);
  return `bot-bottle-bundle:${hash.digest("hex").slice(0, 12)}`;
}

/**
 * Builds the image unless the engine has it. Of two programs at once one builds, the other waits.
 *
 * @returns the tag
 * @throws {BottleError} `sidecars-unavailable`, `image-build-failed`, and what the engine says
 */
export async function ensureBundleImage(
  context: Pick<Context, "run" | "env" | "home" | "clock">,
  engine: Engine,
  options: BundleImageOptions = {},
): Promise<string> {
  const { signal } = options;
  const assets = await bundleAssets(context, signal);
  const tag = bundleTag(assets);
  if (await hasImage(engine, tag, signal)) return tag;
  const name = tag.replace(":", "-");
  await using _lock = await holdLock(
    `${cacheFolder(context)}/${name}.lock`,
    context.clock,
    signal,
  );
  if (await hasImage(engine, tag, signal)) return tag;
  await buildImage(engine, {
    tag,
    dockerfile: assets.dockerfile,
    files: [
      { name: "hook.sh", mode: 0o755, content: assets.hook },
      { name: "sidecars.js", mode: 0o644, content: assets.sidecarsJs },
    ],
    labels: labelsOf({ home: await findHomeId(context.home), slug: null, role: "image" }),
    logFile: `${context.home}/logs/${name}.log`,
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    ...(signal === undefined ? {} : { signal }),
  });
  return tag;
}
