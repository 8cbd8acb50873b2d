/** What a bundle may have near it: a metadata service, and a host with a private address that nobody named. */

import { setTimeout as delay } from "node:timers/promises";
import type { BundleNetwork } from "../../lib/plan/spec.ts";
import type { Run } from "../../lib/process/run.ts";
import { docker } from "../support/deno_container.ts";
import { type RunningHelper, startHelper } from "./helper_container.ts";

/** A name of the metadata service, and of the private host. */
export const METADATA_NAME = "metadata.bottle.test";
export const INSIDE_NAME = "inside.bottle.test";

/** One container that answers on port 80 of both addresses. */
export interface Surroundings extends AsyncDisposable {
  readonly helper: RunningHelper;
  /** For the bundles to join, without a host that may be reached there. */
  readonly networks: readonly BundleNetwork[];
  /** The private host's address. */
  readonly insideAddress: string;
}

/** A minute. */
const MAX_TRIES = 240;

const METADATA = { subnet: "169.254.169.248/29", gateway: "169.254.169.249" } as const;
const METADATA_ADDRESS = "169.254.169.254";

/** Makes the networks and the container. */
export async function openSurroundings(run: Run): Promise<Surroundings> {
  await using undo = new AsyncDisposableStack();
  const id = crypto.randomUUID().slice(0, 8);
  const makeNetwork = async (name: string, ...flags: readonly string[]): Promise<void> => {
    undo.defer(async () => {
      await run(["docker", "network", "rm", name]);
    });
    const label = ["--label", "bot-bottle.role=redteam"];
    await patiently(() =>
      docker(run, ["network", "create", "--internal", ...label, ...flags, name])
    );
  };
  const metadata = `bot-bottle-redteam-${id}-metadata`;
  const inside = `bot-bottle-redteam-${id}-inside`;
  // Without an address of the host's there: it must not lose the way to a metadata service of its own.
  await makeNetwork(
    metadata,
    ...["--opt", "com.docker.network.bridge.inhibit_ipv4=true"],
    ...["--subnet", METADATA.subnet, "--gateway", METADATA.gateway],
  );
  await makeNetwork(inside);
  const helper = undo.use(
    await startHelper({
      run,
      flags: ["--network", inside, "--network-alias", INSIDE_NAME],
      program: "listen",
      args: ["0.0.0.0:80"],
    }),
  );
  await docker(run, [
    ...["network", "connect", "--ip", METADATA_ADDRESS, "--alias", METADATA_NAME],
    ...[metadata, helper.name],
  ]);
  const insideAddress = await docker(run, [
    ...["container", "inspect", helper.name, "--format"],
    `{{(index .NetworkSettings.Networks "${inside}").IPAddress}}`,
  ]);
  const owned = undo.move();
  return {
    helper,
    networks: [{ name: metadata, hosts: [] }, { name: inside, hosts: [] }],
    insideAddress,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** There is one block with the metadata service's address: another run on this machine may have it for a while. */
async function patiently(make: () => Promise<unknown>): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return void await make();
    } catch (error) {
      if (!String(error).includes("overlaps") || tries === MAX_TRIES) throw error;
      await delay(250);
    }
  }
}
