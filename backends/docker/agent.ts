/** The agent's container: how it is started, and what of its limits the engine kept. */

import type { Resources } from "../../lib/manifest/types.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { RuntimeChoice } from "../../lib/plan/spec.ts";
import type { Engine } from "../engine/engine.ts";
import { START_PROGRAM } from "./altered.ts";
import { labelArgs } from "../engine/labels.ts";
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
  readonly image: string;
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
    "--pids-limit",
    String(resources.pids),
    "--memory",
    String(resources.memoryBytes),
    // The same as the memory: no swap on top.
    "--memory-swap",
    String(resources.memoryBytes),
    "--cpus",
    String(resources.cpus),
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
  return droppedLimits(resources, await readLimits(engine, name, signal));
}

/** Limits by `docker inspect`; 0 or null: none. */
export interface LimitsInForce {
  readonly memoryBytes: number;
  readonly nanoCpus: number;
  readonly pids: number | null;
}

/** Reads back what the engine made of the limits: rootless engines drop those that their cgroups can't do. */
export async function readLimits(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<LimitsInForce> {
  const format =
    "[{{json .HostConfig.Memory}},{{json .HostConfig.NanoCpus}},{{json .HostConfig.PidsLimit}}]";
  const answer: unknown = JSON.parse(
    await engine.docker(["container", "inspect", "--format", format, name], { signal }),
  );
  const [memory, cpus, pids] = Array.isArray(answer) ? answer : [];
  return {
    memoryBytes: typeof memory === "number" ? memory : 0,
    nanoCpus: typeof cpus === "number" ? cpus : 0,
    pids: typeof pids === "number" ? pids : null,
  };
}

/** A line for each limit that was asked for and isn't in force. */
export function droppedLimits(asked: Resources, real: LimitsInForce): readonly string[] {
  const dropped: string[] = [];
  if (real.memoryBytes !== asked.memoryBytes) dropped.push("memory");
  if (real.nanoCpus !== Math.round(asked.cpus * 1e9)) dropped.push("cpus");
  if (real.pids !== asked.pids) dropped.push("pids");
  return dropped.map((limit) => `The engine dropped the limit "${limit}"`);
}
