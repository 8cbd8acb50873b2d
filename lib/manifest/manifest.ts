/** `Manifest` as a program uses it: the type, and a way to make one without files. */

import { ManifestIndex } from "./index.ts";
import type { Manifest as LoadedManifest } from "./types.ts";

/** Exactly one agent and one effective bottle. */
export type Manifest = LoadedManifest;

/** One agent and one bottle as a program has them. */
export interface ManifestObject {
  /** A bottle's frontmatter, without `extends`. */
  readonly bottle: Readonly<Record<string, unknown>>;
  /** An agent's frontmatter without `bottle`, and its prompt. */
  readonly agent?: { readonly prompt?: string; readonly [key: string]: unknown };
  /** The agent's name; default `agent`. */
  readonly name?: string;
}

/**
 * Makes manifests of objects, checked as files are.
 *
 * @example
 * ```ts
 * import { Manifest } from "./manifest.ts";
 * const manifest = await Manifest.fromObject({
 *   bottle: { agent_provider: { template: "scripted" } },
 *   agent: { prompt: "echo hello" },
 * });
 * if (manifest.agent.prompt !== "echo hello") throw new Error();
 * ```
 */
export const Manifest: {
  /** @throws {BottleError} `manifest-name`; `manifest-invalid` with all problems at once */
  readonly fromObject: (object: ManifestObject) => Promise<Manifest>;
} = {
  fromObject: async ({ bottle, agent = {}, name = "agent" }) =>
    await ManifestIndex.fromObjects({
      bottles: { bottle },
      agents: { [name]: { ...agent, bottle: "bottle" } },
    }).loadForAgent(name),
};
