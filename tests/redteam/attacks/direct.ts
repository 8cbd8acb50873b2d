/** Straight out, past the proxy: proxy variables are a courtesy, not a control. */

import { setTimeout as delay } from "node:timers/promises";
import knock from "../guest/knock.ts" with { type: "text" };
import onLink from "../guest/on_link.pl" with { type: "text" };
import { echoSink, type Sink, sinkOf, tcpSink, udpSink } from "../sinks.ts";
import { hostAddresses, type Stage } from "../stage.ts";
import { type Attack, bridgeOf, runGuest, succeeded, unseal } from "./attack.ts";

const NO_ROUTE = "a sealed namespace, on a network that leads nowhere";
const SEAL = "a sealed namespace";

/** Tries `tcp:host:port` and `udp:host:port`, all at once, as uid 0 in the agent's container. */
async function tryAll(stage: Stage, sink: Sink, targets: readonly string[]): Promise<void> {
  await runGuest(stage.target, knock, [sink.marker, ...targets]);
}

/** Every address that the host has, and the network's gateway, which nobody should have. */
function hostTargets(stage: Stage): string[] {
  return [...hostAddresses(), stage.target.subnet.gateway];
}

async function joinOuter(stage: Stage): Promise<void> {
  await unseal(stage);
  await stage.docker("network", "connect", stage.outer, stage.target.agent);
}

/** The host then has the gateway's address, as on any `--internal` network. */
async function giveBridgeItsAddress(stage: Stage): Promise<void> {
  const { inner, subnet } = stage.target;
  const bridge = await bridgeOf(stage, inner);
  await stage.privileged("host", "ip", "addr", "add", `${subnet.gateway}/29`, "dev", bridge);
}

/** Hosts differ: one that checks where packets come from takes ours only on a bridge that has an address. */
async function unsealOnLink(stage: Stage): Promise<void> {
  await unseal(stage);
  const filters = ["all", "default"].map((name) =>
    Deno.readTextFile(`/proc/sys/net/ipv4/conf/${name}/rp_filter`)
  );
  const strict = (await Promise.all(filters)).some((text) => text.trim() !== "0");
  if (strict) await giveBridgeItsAddress(stage);
}

/** A port below 1024 if nobody has it; otherwise any. */
async function preferring(port: number, open: (port: number) => Promise<Sink>): Promise<Sink> {
  try {
    return await open(port);
  } catch {
    return await open(0);
  }
}

/** Attacks that need no proxy. */
export const directAttacks: readonly Attack[] = [
  {
    threat: "proxy variables ignored; raw TCP",
    name: "TCP to every address of the host",
    control: NO_ROUTE,
    open: () => tcpSink(),
    run: (stage, sink) =>
      tryAll(stage, sink, hostTargets(stage).map((host) => `tcp:${host}:${sink.port}`)),
    switchOff: joinOuter,
  },
  {
    threat: "UDP",
    name: "UDP to every address of the host",
    control: NO_ROUTE,
    open: () => udpSink(),
    run: (stage, sink) =>
      tryAll(stage, sink, hostTargets(stage).map((host) => `udp:${host}:${sink.port}`)),
    switchOff: joinOuter,
  },
  {
    threat: "QUIC",
    name: "UDP to port 443",
    control: NO_ROUTE,
    open: () => preferring(443, udpSink),
    run: (stage, sink) =>
      tryAll(stage, sink, hostTargets(stage).map((host) => `udp:${host}:${sink.port}`)),
    switchOff: joinOuter,
  },
  {
    threat: "ICMP",
    name: "echo requests to every address of the host",
    control: NO_ROUTE,
    open: () => echoSink(),
    run: async (stage) => {
      const script =
        'for a; do for how in "" "-r -I eth0"; do ping -c 2 -W 1 $how "$a" & done; done; wait';
      await stage.target.asRoot(["bash", "-c", script, "bash", ...hostTargets(stage)]);
    },
    switchOff: joinOuter,
  },
  {
    threat: "DNS look-ups of any kind from the agent (53 udp/tcp, DoT)",
    name: "a resolver outside, named in resolv.conf and asked directly",
    control: NO_ROUTE,
    open: openDnsSink,
    run: async (stage, sink) => {
      const targets = hostTargets(stage).flatMap((host) => [
        `udp:${host}:${sink.port}`,
        `tcp:${host}:${sink.port}`,
        `tcp:${host}:853`,
      ]);
      await tryAll(stage, sink, targets);
    },
    switchOff: joinOuter,
  },
  {
    threat: "the bridge's gateway address",
    name: "TCP to the gateway, with a host that listens on 0.0.0.0",
    control: "a sealed namespace, and a bridge without an address",
    open: () => tcpSink(),
    run: (stage, sink) =>
      tryAll(stage, sink, [
        `tcp:${stage.target.subnet.gateway}:${sink.port}`,
        `tcp:host.docker.internal:${sink.port}`,
        `tcp:gateway.docker.internal:${sink.port}`,
      ]),
    switchOff: async (stage) => {
      await unseal(stage);
      await giveBridgeItsAddress(stage);
    },
  },
  {
    threat: "multicast",
    name: "multicast and broadcast to listeners on the host",
    control: SEAL,
    open: () => udpSink(),
    run: async (stage, sink) => {
      const groups = ["255.255.255.255", "224.0.0.1", "224.0.0.251", stage.target.subnet.gateway];
      await tryAll(stage, sink, groups.map((group) => `udp:${group}:${sink.port}`));
      await sendOnLink(stage, sink, groups);
    },
    switchOff: unsealOnLink,
  },
  {
    threat: "raw TCP, UDP, ICMP",
    name: "UDP past the routing table: the host's addresses as neighbours",
    control: SEAL,
    open: () => udpSink(),
    run: (stage, sink) => sendOnLink(stage, sink, hostTargets(stage)),
    switchOff: unsealOnLink,
  },
  {
    threat: "IPv6 (link-local too)",
    name: "TCP and UDP to every IPv6 address of the host, and to all nodes",
    control: "IPv6 off",
    open: async () => sinkOf(...await openOnOnePort("::")),
    run: async (stage, sink) => {
      const own = Deno.networkInterfaces()
        .filter(({ family, address }) => family === "IPv6" && address !== "::1")
        .map(({ address }) => address);
      const hosts = [...new Set(own)].map((host) => /^fe80/i.test(host) ? `${host}%eth0` : host);
      await tryAll(stage, sink, [
        ...hosts.map((host) => `tcp:${host}:${sink.port}`),
        ...[...hosts, "ff02::1%eth0"].map((host) => `udp:${host}:${sink.port}`),
      ]);
    },
    switchOff: async (stage) => {
      await unseal(stage);
      const flag = "net.ipv6.conf.eth0.disable_ipv6=0";
      await stage.privileged(`container:${stage.target.agent}`, "sysctl", "-w", flag);
      // An address is tentative for a second or two.
      await delay(3_000);
    },
  },
];

async function sendOnLink(stage: Stage, sink: Sink, addresses: readonly string[]): Promise<void> {
  const argv = ["perl", "-", sink.marker, String(sink.port), ...addresses];
  succeeded(await stage.target.asRoot(argv, onLink));
}

async function openDnsSink(): Promise<Sink> {
  const all = await Promise.all([
    preferring(53, udpSink),
    preferring(53, tcpSink),
  ]);
  return sinkOf(...all);
}

/** UDP and TCP on the same free port. */
async function openOnOnePort(host: string): Promise<[Sink, Sink]> {
  const udp = await udpSink(0, host);
  return [udp, await tcpSink(udp.port, host)];
}
