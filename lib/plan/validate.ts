/** First half of `prepare()`: everything that can be found wrong before a plan is made. */

import type { Manifest } from "../manifest/types.ts";
import { canonicalNetworks } from "./bundle_networks.ts";
import { checkHostVariables } from "./host_variables.ts";
import { checkSkills } from "./skills.ts";
import type { BottleSpec } from "./spec.ts";

/** What validation may look at besides the manifests. */
export interface ValidateOptions {
  /** The host's variables. */
  readonly env: (name: string) => string | undefined;
  /** The home, absolute: skills lie there. */
  readonly home: string;
  /** Names of the providers there are; absent: whoever finds the provider says that there is none. */
  readonly providers?: readonly string[];
}

/**
 * Loads the agent and its bottle, and checks that skills exist and, for a launch, that host variables are set. Reads
 * files; starts no program, opens no socket.
 *
 * @throws {BottleError} `agent-unknown`, `bottle-unknown`, `manifest-invalid` (all problems at once), `skill-missing`;
 * `bundle-network-invalid` (exit code 2); `host-variable-missing` (exit code 125, all at once)
 */
export async function validateSpec(
  spec: BottleSpec,
  { env, home, providers }: ValidateOptions,
): Promise<Manifest> {
  canonicalNetworks(spec.bundleNetworks ?? []);
  const { bottle } = spec;
  const manifest = await spec.manifest.loadForAgent(spec.agent, {
    ...(bottle === undefined ? {} : { bottle }),
    ...(providers === undefined ? {} : { providers }),
  });
  await checkSkills(manifest, home);
  if (spec.entering === undefined) checkHostVariables(manifest, env);
  return manifest;
}
