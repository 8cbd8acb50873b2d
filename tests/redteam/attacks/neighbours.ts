/** Other bottles: their agents, their bundles, by both networks. */

import ask from "../guest/ask.ts" with { type: "text" };
import knock from "../guest/knock.ts" with { type: "text" };
import { type Stage, upstreamAddress } from "../stage.ts";
import { type Attack, bridgeOf, runGuest, unseal } from "./attack.ts";
import { listenInBundle, strangerOf, upstreamSink } from "./proxy.ts";

/** Attacks on the bottle next door. */
export const neighbourAttacks: readonly Attack[] = [
  {
    threat: "other bottles, their bundles, their ports",
    name: "straight to another bottle's bundle, by its inner and its outer address",
    control: "an inner network each",
    open: (stage) => stage.neighbour().then((neighbour) => listenInBundle(stage, neighbour)),
    run: async (stage, sink) => {
      const { target } = stage;
      const neighbour = await stage.neighbour();
      const { subnet, bundleOutside } = neighbour;
      const hosts = [subnet.bundle, subnet.agent, bundleOutside];
      await runGuest(target, knock, [
        sink.marker,
        ...hosts.flatMap((host) => [`tcp:${host}:${sink.port}`, `tcp:${host}:9099`]),
      ]);
    },
    switchOff: async (stage) => {
      await unseal(stage);
      await joinNeighbour(stage);
    },
  },
  {
    threat: "other bottles",
    name: "another bottle's proxy, with its routes",
    control: "an inner network each, and the peer check",
    open: (stage) => Promise.resolve(upstreamSink(stage.upstream)),
    run: async (stage, sink) => {
      const { target } = stage;
      const neighbour = await stage.neighbour();
      await runGuest(target, ask, [
        ...[neighbour.subnet.bundle, "9099", sink.marker],
        `http://${upstreamAddress()}:${sink.port}`,
      ]);
    },
    switchOff: async (stage) => {
      await unseal(stage);
      await joinNeighbour(stage);
      const neighbour = await stage.neighbour();
      await neighbour.reconfigure((egress) => ({
        ...egress,
        peers: [...egress.peers, strangerOf(neighbour)],
      }));
    },
  },
  {
    threat: "other bottles",
    name: "through its own proxy to another bottle's bundle",
    control: "the allowlist and the rule for addresses",
    open: (stage) => stage.neighbour().then((neighbour) => listenInBundle(stage, neighbour)),
    run: async (stage, sink) => {
      const { target } = stage;
      const neighbour = await stage.neighbour();
      const hosts = [neighbour.subnet.bundle, neighbour.subnet.agent, neighbour.bundleOutside];
      await runGuest(target, ask, [
        ...[target.subnet.bundle, "9099", sink.marker],
        ...hosts.map((host) => `http://${host}:${sink.port}`),
      ]);
    },
    switchOff: async (stage) => {
      const { target } = stage;
      const neighbour = await stage.neighbour();
      const host = neighbour.subnet.bundle;
      await join(stage, target.bundle);
      await target.reconfigure((egress) => ({
        ...egress,
        routes: [{ host, ports: [9098], allow_private: true, origin: "red team" }],
      }));
    },
  },
  {
    threat: "other bottles, their bundles",
    name: "from a broken egress to another bottle's bundle on the outer network",
    control: "enable_icc=false",
    open: (stage) => stage.neighbour().then((neighbour) => listenInBundle(stage, neighbour)),
    run: async (stage, sink) => {
      const { target } = stage;
      const neighbour = await stage.neighbour();
      const script = 'printf %s "$1" | nc -N -w 2 "$2" "$3"; true';
      await stage.docker(
        ...["exec", "--user", "1001:1001", target.bundle, "sh", "-c", script, "sh"],
        ...[sink.marker, neighbour.bundleOutside, String(sink.port)],
      );
    },
    switchOff: async (stage) => {
      const bridge = await bridgeOf(stage, stage.outer);
      const rule = ["FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT"];
      await stage.iptables("host", "-I", ...rule);
      stage.defer(() => stage.iptables("host", "-D", ...rule));
    },
  },
];

async function joinNeighbour(stage: Stage): Promise<void> {
  await join(stage, stage.target.agent, "--ip", strangerOf(await stage.neighbour()));
}

/** Joins a container to the other bottle's network, which can't be removed before it has left it. */
async function join(stage: Stage, container: string, ...flags: readonly string[]): Promise<void> {
  const { inner } = await stage.neighbour();
  await stage.docker("network", "connect", ...flags, inner, container);
  stage.defer(() => stage.docker("network", "disconnect", "--force", inner, container));
}
