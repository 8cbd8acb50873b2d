/** Through the proxy to what it must not reach for the agent, and to the proxy by others than the agent. */

import ask from "../guest/ask.ts" with { type: "text" };
import { helperSink, startHelper } from "../helper_container.ts";
import { makeMarker, type Sink } from "../sinks.ts";
import { hostAddresses, type Stage, type Target, upstreamAddress } from "../stage.ts";
import { INSIDE_NAME, METADATA_NAME } from "../surroundings.ts";
import type { Upstream } from "../upstream.ts";
import { type Attack, runGuest, succeeded } from "./attack.ts";

const PROXY_PORT = "9099";
/** Where a listener in a bundle waits for what came round. */
const OWN_PORT = 9098;

/** Counts what an HTTP server on the host was asked for with the marker. */
export function upstreamSink(upstream: Upstream): Sink {
  const marker = makeMarker();
  return {
    seen: () => upstream.countOf(marker),
    port: upstream.port,
    marker,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Asks the agent's own proxy. */
async function askProxy(stage: Stage, sink: Sink, urls: readonly string[]): Promise<void> {
  const { target } = stage;
  await runGuest(target, ask, [target.subnet.bundle, PROXY_PORT, sink.marker, ...urls]);
}

/** What a route's `allow_private` is for, on every route. */
async function allowPrivate(target: Target): Promise<void> {
  await target.reconfigure((egress) => ({
    ...egress,
    routes: egress.routes.map((route) => ({ ...route, allow_private: true })),
  }));
}

/** A listener in the bundle's own network namespace. */
export async function listenInBundle(stage: Stage, target: Target): Promise<Sink> {
  const helper = await startHelper({
    run: stage.run,
    flags: ["--network", `container:${target.bundle}`],
    program: "listen",
    args: [`0.0.0.0:${OWN_PORT}`],
  });
  return {
    ...helperSink(helper, OWN_PORT),
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}

/** Attacks by way of a proxy. */
export const proxyAttacks: readonly Attack[] = [
  {
    threat: "IP literals in every spelling; names that resolve to metadata",
    name: "the metadata service through the proxy",
    control: "the rule for addresses",
    open: (stage) => Promise.resolve(helperSink(stage.surroundings.helper, 80)),
    run: (stage, sink) =>
      askProxy(stage, sink, [
        "http://169.254.169.254",
        `http://${METADATA_NAME}`,
        "http://2852039166",
        "http://0xa9fea9fe",
        "http://0251.0376.0251.0376",
        "http://169.254.43518",
        "http://169.254.169.254.",
        "http://[::ffff:169.254.169.254]",
        "http://[::ffff:a9fe:a9fe]",
        "http://[64:ff9b::a9fe:a9fe]",
      ]),
    switchOff: ({ target }) => allowPrivate(target),
  },
  {
    threat: "names that resolve to private addresses",
    name: "a host on a network that the bundle has joined, by its name",
    control: "the rule for addresses",
    open: (stage) => Promise.resolve(helperSink(stage.surroundings.helper, 80)),
    run: (stage, sink) => askProxy(stage, sink, [`http://${INSIDE_NAME}`]),
    switchOff: ({ target }) => allowPrivate(target),
  },
  {
    threat: "private addresses",
    name: "the host's own addresses through the proxy",
    control: "the rule for addresses",
    open: (stage) => Promise.resolve(upstreamSink(stage.upstream)),
    run: (stage, sink) => {
      const others = hostAddresses().slice(1);
      return askProxy(stage, sink, others.map((address) => `http://${address}:${sink.port}`));
    },
    switchOff: ({ target }) => allowPrivate(target),
  },
  {
    threat: "loopback addresses",
    name: "what listens in the bundle itself, by loopback and by its own addresses",
    control: "the rule for addresses",
    open: (stage) => listenInBundle(stage, stage.target),
    run: (stage, sink) => {
      const { subnet, bundleOutside } = stage.target;
      const hosts = ["127.0.0.1", "127.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "egress"];
      return askProxy(stage, sink, [
        ...[...hosts, subnet.bundle, bundleOutside].map((host) => `http://${host}:${sink.port}`),
        `http://${subnet.bundle}:${PROXY_PORT}`,
        `http://127.0.0.1:53`,
      ]);
    },
    switchOff: ({ target }) =>
      target.reconfigure((egress) => ({
        ...egress,
        routes: [{ host: "127.0.0.1", ports: [OWN_PORT], allow_private: true, origin: "red team" }],
      })),
  },
  {
    threat: "the agent's three peers and nobody else's",
    name: "a stranger on the bottle's inner network asks its proxy",
    control: "the peer check",
    open: (stage) => Promise.resolve(upstreamSink(stage.upstream)),
    run: async (stage, sink) => {
      const { target } = stage;
      const url = `http://${upstreamAddress()}:${sink.port}/${sink.marker}`;
      const script = 'curl --silent --max-time 5 --proxy "$1" "$2"; true';
      await stage.docker(
        ...["run", "--rm", "--network", target.inner, "--ip", strangerOf(target)],
        ...["--label", "bot-bottle.role=redteam", "--entrypoint", "bash"],
        ...[target.bottle.plan.image, "-c", script, "bash"],
        ...[`http://${target.subnet.bundle}:${PROXY_PORT}`, url],
      );
    },
    switchOff: ({ target }) =>
      target.reconfigure((egress) => ({
        ...egress,
        peers: [...egress.peers, strangerOf(target)],
      })),
  },
];

/** An address of a bottle's network that nobody has: the sixth. */
export function strangerOf(target: Target): string {
  return target.subnet.agent.replace(/\d+$/, (last) => String(Number(last) + 3));
}

/** That the attack's own means work: an allowed request does get through. */
export async function askUpstream(stage: Stage): Promise<string> {
  const url = `http://${upstreamAddress()}:${stage.upstream.port}/`;
  const proxy = `http://${stage.target.subnet.bundle}:${PROXY_PORT}`;
  return succeeded(
    await stage.target.asRoot(["curl", "--silent", "--max-time", "5", "--proxy", proxy, url]),
  );
}
