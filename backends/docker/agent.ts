/** The agent's container: how it is started. */

import type { Resources } from "../../lib/manifest/types.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import { describeDropped, droppedLimits } from "../../lib/plan/limits.ts";
import type { RuntimeChoice } from "../../lib/plan/spec.ts";
import type { Engine } from "../engine/engine.ts";
import { START_PROGRAM } from "./altered.ts";
import { limitArgs, readInForce } from "./in_force.ts";
import { labelArgs } from "../engine/labels.ts";
import { blankArgs } from "./image_env.ts";
import { sealAgent } from "./seal.ts";
import type { BottleSubnet } from "./subnets.ts";

/** Whose container it is. */
export interface AgentOwner {
  readonly home: HomeId;
  readonly slug: Slug;
  readonly launch: string;
  readonly name: string;
}

/** What {@linkcode agentRunArgs} needs. */
export interface AgentSpec extends AgentOwner {
  /** Its id: what was seen to be fit is what runs. */
  readonly image: string;
  /** Variables that the image sets. */
  readonly imageVariables: readonly string[];
  /** The guest's home: where whatever is told nothing else begins. */
  readonly guestHome: string;
  readonly network: string;
  readonly subnet: BottleSubnet;
  readonly resources: Resources;
  /** Null: the engine's own. */
  readonly runtime: RuntimeChoice | null;
}

/** The agent's peers: they all live in the bundle. */
const PEERS = ["egress", "git-gate", "supervise"] as const;

/**
 * `docker run` of the agent's container. It only sleeps: what the agent runs comes by exec, after provisioning and
 * self-test, so that nothing of its environment is in the container's configuration.
 */
export function agentRunArgs(spec: AgentSpec): string[] {
  const { resources, subnet } = spec;
  return [
    "run",
    "--detach",
    "--pull=never",
    ...(spec.runtime === null ? [] : ["--runtime", spec.runtime]),
    "--name",
    spec.name,
    "--hostname",
    `bottle-${spec.slug.slice(-5)}`,
    ...labelArgs({ home: spec.home, slug: spec.slug, role: "agent", launch: spec.launch }),
    "--network",
    spec.network,
    "--ip",
    subnet.agent,
    "--dns",
    subnet.bundle,
    "--dns-search=.",
    ...PEERS.flatMap((peer) => ["--add-host", `${peer}:${subnet.bundle}`]),
    "--sysctl",
    "net.ipv6.conf.all.disable_ipv6=1",
    "--sysctl",
    "net.ipv6.conf.default.disable_ipv6=1",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--user=node",
    "--init",
    // The image's own would run before the seal, as the agent left it.
    "--no-healthcheck",
    "--stop-signal=SIGTERM",
    "--workdir",
    spec.guestHome,
    ...blankArgs(spec.imageVariables),
    ...limitArgs(resources),
    "--ulimit=core=0",
    "--log-driver=none",
    "--restart=no",
    `--entrypoint=${START_PROGRAM}`,
    spec.image,
    "infinity",
  ];
}

/**
 * Starts the container and seals its network. Lines about limits that the engine dropped.
 *
 * @param sealImage the bundle's image, which does the sealing; the container starts before it is there
 * @throws {BottleError} what the engine says; `seal-failed`
 */
export async function startAgent(
  engine: Engine,
  spec: AgentSpec,
  sealImage: Promise<string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { home, slug, launch, name, subnet, resources, runtime } = spec;
  signal.throwIfAborted();
  await engine.docker(agentRunArgs(spec));
  const image = await sealImage;
  signal.throwIfAborted();
  await sealAgent(engine, {
    home,
    slug,
    launch,
    agent: name,
    image,
    bundle: subnet.bundle,
    runtime,
  });
  const { limits } = await readInForce(engine, name, signal);
  return droppedLimits(resources, limits).map(describeDropped);
}
