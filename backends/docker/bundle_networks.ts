/** Networks of other projects that a bundle joins (`--bundle-network`). */

import type { PrivateException } from "../../lib/egress/config.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { BundleNetwork } from "../../lib/plan/spec.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineErrorCode } from "../engine/errors.ts";

/**
 * The private addresses that the named hosts, and only they, may have: those of the network's own subnets.
 *
 * @throws {BottleError} `network-unknown`, exit code 125
 */
export async function privateExceptions(
  engine: Engine,
  networks: readonly BundleNetwork[],
  signal: AbortSignal,
): Promise<readonly PrivateException[]> {
  return await Promise.all(networks.map(async ({ name, hosts }) => ({
    hosts,
    subnets: await subnetsOf(engine, name, signal),
  })));
}

async function subnetsOf(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const format = "{{range .IPAM.Config}}{{println .Subnet}}{{end}}";
  try {
    const lines = await engine.docker(["network", "inspect", "--format", format, name], { signal });
    return lines.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== EngineErrorCode.notFound) throw error;
    throw new BottleError(`No network "${name}" for the bundle to join`, {
      code: "network-unknown",
      exitCode: ExitCode.cannotStart,
      hint: "`docker network ls` shows those there are",
      cause: error,
    });
  }
}
