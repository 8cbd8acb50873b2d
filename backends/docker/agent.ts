/** The agent's container: how it is started, and what of its limits the engine kept. */

import type { Resources } from "../../lib/manifest/types.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { labelArgs } from "./labels.ts";
import type { BottleSubnet } from "./subnets.ts";

/** What {@linkcode agentRunArgs} needs. */
export interface AgentSpec {
  readonly home: HomeId;
  readonly slug: Slug;
  readonly launch: string;
  readonly name: string;
  readonly image: string;
  readonly network: string;
  readonly subnet: BottleSubnet;
  readonly resources: Resources;
  /** Whether this engine gives containers of internal networks a default route all the same. */
  readonly hasDeadRoute: boolean;
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
    ...(spec.hasDeadRoute ? ["--sysctl", QUICK_ARP] : []),
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
    "--entrypoint=sleep",
    spec.image,
    "infinity",
  ];
}

/**
 * Docker before 27 gives a container of an internal network a default route to the bridge. The bridge has no address,
 * so a direct connection waits three times this long for an ARP answer: 150 ms instead of 3 s.
 */
const QUICK_ARP = "net.ipv4.neigh.eth0.retrans_time_ms=50";

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
