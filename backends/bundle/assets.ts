/** What the bundle's image is made of: the one place that takes text from `sidecars/`. */

import dockerfile from "../../sidecars/Dockerfile" with { type: "text" };
import hook from "../../sidecars/git_hooks/hook.sh" with { type: "text" };
import type { Context } from "../../lib/context.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { bundleScript } from "./bundle_script.ts";
import { embeddedSidecars } from "./embedded.ts";

/** The build context of the bundle's image. */
export interface BundleAssets {
  readonly dockerfile: string;
  /** The hook of every mirror, which goes by the name that git calls it. */
  readonly hook: string;
  /** The sidecars as one JavaScript file, UTF-8. */
  readonly sidecarsJs: Uint8Array;
}

/** What {@linkcode bundleAssets} touches of the outside. */
export type AssetsContext = Pick<Context, "run" | "env" | "home">;

/**
 * The sidecars' code: embedded in a built program; in a checkout bundled from its sources, and kept by their content.
 *
 * @throws {BottleError} `sidecars-unavailable`
 */
export async function bundleAssets(
  context: AssetsContext,
  signal?: AbortSignal,
): Promise<BundleAssets> {
  return { dockerfile, hook, sidecarsJs: await sidecarsScript(context, signal) };
}

async function sidecarsScript(context: AssetsContext, signal?: AbortSignal): Promise<Uint8Array> {
  if (embeddedSidecars !== null) return new TextEncoder().encode(embeddedSidecars);
  const root = new URL("../../", import.meta.url);
  if (root.protocol !== "file:") {
    throw new BottleError("Running from a URL is not in this version", {
      code: "sidecars-unavailable",
      exitCode: ExitCode.cannotStart,
      hint: "Take a checkout, or the built file of a release",
    });
  }
  return await bundleScript(context, root, signal);
}
