/** A real bottle, its neighbour, and what the attacks on it stand on. */

import type { Bottle } from "../../lib/bottle.ts";
import { configureBundle } from "../../backends/bundle/bundle.ts";
import { createDockerBackend } from "../../backends/docker/backend.ts";
import { documentFor, makeSelfTestSecret } from "../../backends/docker/session.ts";
import { type BottleSubnet, parseBottleSubnet } from "../../backends/docker/subnets.ts";
import { createEngine, type Engine } from "../../backends/engine/engine.ts";
import type { EgressConfig } from "../../lib/egress/config.ts";
import { createRun } from "../../lib/process/create_run.ts";
import { outerNetworkName, resourceName } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Run } from "../../lib/process/run.ts";
import { findProvider } from "../../providers/registry.ts";
import { createSubject, silentProgress, type Subject } from "../integration/conformance/subject.ts";
import { INSIDE_NAME, METADATA_NAME, openSurroundings, type Surroundings } from "./surroundings.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

/** How a command in the agent's container ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One bottle as an attacker and its tester see it. */
export interface Target {
  readonly bottle: Bottle;
  /** Container names. */
  readonly agent: string;
  readonly bundle: string;
  readonly inner: string;
  readonly subnet: BottleSubnet;
  /** The bundle's own address on the outer network. */
  readonly bundleOutside: string;
  /** Runs a program in the agent's container as uid 0, with the text on its stdin; at most 60 s. */
  asRoot(argv: readonly string[], stdin?: string): Promise<Ended>;
  /** From now on `asRoot` runs in a container of its own in the agent's namespaces, with these flags. */
  empower(...flags: readonly string[]): void;
  /** Restarts the bundle and configures it with a document that a test has changed. */
  reconfigure(change: (egress: EgressConfig) => EgressConfig): Promise<void>;
}

/** Where the attacks take place. */
export interface Stage extends AsyncDisposable {
  readonly target: Target;
  /** Another bottle of the same home, launched when it is first asked for. */
  neighbour(): Promise<Target>;
  /** An allowed upstream: the first address of {@linkcode hostAddresses}, for every bottle. */
  readonly upstream: Upstream;
  readonly outer: string;
  /** A metadata service and a private host, each on a network that the bundles have joined. */
  readonly surroundings: Surroundings;
  readonly run: Run;
  /** Undone with the stage, last first. */
  defer(undo: () => PromiseLike<unknown>): void;
  /** The engine's client; fails loudly. */
  docker(...args: readonly string[]): Promise<string>;
  /** A short-lived container that may do all in somebody's network namespace: how controls are switched off. */
  privileged(network: string, ...argv: readonly string[]): Promise<string>;
  /** Rules for packets, in somebody's network namespace: `iptables` by both kinds of tables there may be. */
  iptables(network: string, ...argv: readonly string[]): Promise<void>;
}

/** The host's own IPv4 addresses, loopback aside, the address of its way out first. */
export function hostAddresses(): string[] {
  return Deno.networkInterfaces()
    .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ address }) => address);
}

function rank(name: string): number {
  return /^(docker|br-|veth)/.test(name) ? 1 : 0;
}

/** The address that the one allowed route names. */
export function upstreamAddress(): string {
  const [first] = hostAddresses();
  if (first === undefined) throw new Error("This machine has no IPv4 address but loopback");
  return first;
}

/** Frontmatter of a bottle that may call the upstream, at one address and nowhere else. */
function manifestOf(upstream: Upstream): Readonly<Record<string, unknown>> {
  const allowed = upstreamAddress();
  const ports = [upstream.port];
  const named = ["127.0.0.1", "169.254.169.254", ...hostAddresses().slice(1)];
  return {
    resources: { memory: "256m", pids: 96, cpus: 1 },
    egress: {
      routes: [
        { host: allowed, ports, allow_private: true },
        // Named by a route, so that nothing but the rule for addresses is in the way.
        ...named.map((host) => ({ host, ports: [80, 53, 9099, ...ports] })),
        { host: METADATA_NAME, ports: [80] },
        { host: INSIDE_NAME, ports: [80] },
      ],
    },
  };
}

/** Launches a bottle as a session does: with provisioning and self-test. */
export async function openStage(): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const surroundings = undo.use(await openSurroundings(createRun()));
  const upstream = undo.use(await startUpstream());
  const subject = undo.use(
    await createSubject((context) => createDockerBackend(context, { providers: findProvider })),
  );
  const engine = createEngine(subject.context);
  const bottle = manifestOf(upstream);
  const spec = { bundleNetworks: surroundings.networks };
  const plan = async (): Promise<BottlePlan> => await subject.prepare({ bottle }, spec);
  const launch = async (owner: AsyncDisposableStack): Promise<Target> =>
    await targetOf(subject, engine, owner.use(await subject.launch(await plan())));
  const target = await launch(undo);
  let neighbour: Promise<Target> | undefined;
  const docker = async (...args: readonly string[]): Promise<string> => await engine.docker(args);
  const bundleImage = await imageOf(engine, target.bundle);
  const privileged = (image: string, network: string, argv: readonly string[]): Promise<string> =>
    docker(
      ...["run", "--rm", "--network", network, "--user", "0:0", "--cap-add=NET_ADMIN"],
      // Not --privileged, which wants every capability there is, also of an engine that lacks some itself.
      "--security-opt=systempaths=unconfined",
      ...["--label", "bot-bottle.role=redteam"],
      ...["--entrypoint", argv[0] ?? "true", image, ...argv.slice(1)],
    );
  const owned = undo.move();
  return {
    target,
    neighbour: () => neighbour ??= launch(owned),
    upstream,
    surroundings,
    run: subject.context.run,
    outer: outerNetworkName(subject.home),
    docker,
    defer: (undo) =>
      owned.defer(async () => {
        await undo();
      }),
    privileged: (network, ...argv) => privileged(target.bottle.plan.image, network, argv),
    iptables: async (network, ...argv) => {
      // The older tables only where they are in use: asking for them makes them.
      const script =
        'iptables-nft "$@"; done=$?; grep -qs . /proc/net/ip_tables_names || exit $done; ' +
        'iptables-legacy "$@" || exit $done';
      await privileged(bundleImage, network, ["sh", "-c", script, "sh", "--wait", ...argv]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function imageOf(engine: Engine, container: string): Promise<string> {
  return await engine.docker(["container", "inspect", "--format", "{{.Config.Image}}", container]);
}

async function targetOf(subject: Subject, engine: Engine, bottle: Bottle): Promise<Target> {
  const { plan } = bottle;
  const inner = resourceName(plan.slug, "inner");
  const bundle = resourceName(plan.slug, "bundle");
  const format = "{{(index .IPAM.Config 0).Subnet}}";
  const subnet = parseBottleSubnet(
    await engine.docker(["network", "inspect", "--format", format, inner]),
  );
  if (subnet === undefined) throw new Error(`"${inner}" has no bottle's subnet`);
  const outer = outerNetworkName(subject.home);
  const bundleOutside = await engine.docker([
    ...["container", "inspect", bundle, "--format"],
    `{{(index .NetworkSettings.Networks ${JSON.stringify(outer)}).IPAddress}}`,
  ]);
  const as = ["--interactive", "--user", "0:0"];
  let call: readonly string[] = ["exec", ...as, plan.containerName];
  return {
    bottle,
    agent: plan.containerName,
    bundle,
    inner,
    subnet,
    bundleOutside,
    empower: (...flags) => {
      const same = ["network", "pid"].map((kind) => `--${kind}=container:${plan.containerName}`);
      call = ["run", "--rm", ...as, ...same, ...flags, "--entrypoint", "env", plan.image];
    },
    asRoot: async (argv, stdin) => {
      const { code, stdout, stderr } = await engine.raw(
        [...call, ...argv],
        { timeoutMs: 60_000, stdin: stdin ?? "" },
      );
      const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
      return { code, stdout: text(stdout), stderr: text(stderr) };
    },
    reconfigure: async (change) => {
      const { context } = subject;
      const options = {
        secrets: new Map(),
        answers: new Map(),
        progress: silentProgress,
        signal: context.signal,
        provision: () => Promise.resolve(),
      };
      const document = documentFor({ plan, options, context }, subnet, {
        privateExceptions: [],
        selfTest: makeSelfTestSecret(plan, context),
      });
      await engine.docker(["restart", "--time", "1", bundle]);
      const changed = { ...document, egress: change(document.egress) };
      const { control } = await configureBundle(engine, plan.slug, changed);
      await control[Symbol.asyncDispose]();
    },
  };
}
