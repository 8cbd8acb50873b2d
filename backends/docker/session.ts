/** What launching and resuming share: from two started containers to a bottle that passed its self-test. */

import { configureBundle, type ConfiguredBundle } from "../bundle/bundle.ts";
import type { LaunchOptions } from "../backend.ts";
import type { Context } from "../../lib/context.ts";
import type { AgentStart } from "../../lib/bottle.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { ConfigureDocument, ConfigureResult } from "../../lib/control/protocol.ts";
import type { PrivateException } from "../../lib/egress/config.ts";
import { type HomeId, makePlaceholder } from "../../lib/names.ts";
import { GIT_GATE_HOST, GIT_GATE_PORT } from "../../lib/git_gate/config.ts";
import { configureDocument } from "../../lib/plan/configure.ts";
import { guestEnvironment } from "../../lib/plan/guest_env.ts";
import type { BottleEndpoints } from "../../lib/plan/endpoints.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Engine } from "../engine/engine.ts";
import { DockerBottle } from "./bottle.ts";
import { ownedBy } from "./inventory.ts";
import type { OuterNetworkOptions } from "./outer_network.ts";
import { during } from "./progress.ts";
import { runSelfTest, type SelfTestSecret } from "./self_test.ts";
import type { BottleSubnet } from "./subnets.ts";
import { stopContainers } from "./stop.ts";
import { together } from "./together.ts";
import { removeLabelled } from "./undo.ts";

/** Where egress listens in the bundle. */
export const PROXY_PORT = 9099;
const DNS_PORT = 53;

/** What a launch works with. */
export interface LaunchParts {
  readonly engine: Engine;
  readonly context: Context;
  readonly plan: BottlePlan;
  readonly options: LaunchOptions;
}

/** A placeholder and a value that open nothing. */
export function makeSelfTestSecret(
  plan: BottlePlan,
  context: Pick<Context, "random">,
): SelfTestSecret {
  return {
    placeholder: makePlaceholder("self-test-", plan.slug, context.random),
    value: context.random(24).toHex(),
  };
}

/** The configuration for a bundle on this subnet. */
export function documentFor(
  { plan, options, context }: Pick<LaunchParts, "plan" | "options"> & {
    readonly context: Pick<Context, "random">;
  },
  subnet: BottleSubnet,
  extras: {
    readonly privateExceptions: readonly PrivateException[];
    readonly selfTest: SelfTestSecret;
  },
): ConfigureDocument {
  const names = { egress: subnet.bundle, "git-gate": subnet.bundle, supervise: subnet.bundle };
  return configureDocument(plan, {
    secrets: options.secrets,
    addresses: {
      listen: { address: subnet.bundle, port: PROXY_PORT },
      dns: { address: subnet.bundle, port: DNS_PORT, names },
      peers: [subnet.agent],
    },
    gate: {
      listen: { address: subnet.bundle, port: GIT_GATE_PORT },
      keys: options.gateKeys ?? new Map(),
      salt: context.random(32),
    },
    extraCaPem: plan.egress.extraCa?.pem ?? null,
    ...extras,
  });
}

/** Configures the bundle. A stream that is open already when the launch is aborted is closed here. */
export async function configure(
  { engine, plan }: Pick<LaunchParts, "engine" | "plan">,
  document: ConfigureDocument,
  signal: AbortSignal,
): Promise<ConfiguredBundle> {
  signal.throwIfAborted();
  const configured = await configureBundle(engine, plan.slug, document, signal);
  if (!signal.aborted) return configured;
  await configured.control[Symbol.asyncDispose]();
  throw signal.reason;
}

/** Names, not addresses: the agent's hosts file has them, and they are the same in every bottle. */
export function endpointsOf(
  { gitGate: { repos } }: Pick<BottlePlan, "gitGate">,
  subnet: BottleSubnet,
  result: ConfigureResult,
): BottleEndpoints {
  return {
    proxyUrl: `http://egress:${PROXY_PORT}`,
    gitGate: repos.length === 0
      ? null
      : { scheme: "http", host: GIT_GATE_HOST, port: GIT_GATE_PORT },
    mcpUrl: null,
    noProxy: [subnet.bundle],
    caPem: result.ca_pem,
    caSha256: result.ca_sha256,
  };
}

/** The home's outer network. */
export function outerOf(
  context: Pick<Context, "home" | "clock">,
  home: HomeId,
): OuterNetworkOptions {
  return { home, folder: context.home, clock: context.clock };
}

/** The handle of a bottle whose variables come from this launch. */
export function makeBottle(
  { engine, context, plan, options }: LaunchParts,
  made: {
    readonly endpoints: BottleEndpoints;
    readonly control: ControlClient;
    readonly agentStart: AgentStart;
  },
): DockerBottle {
  const owned = ownedBy(plan.fields.homeId, plan.slug);
  return new DockerBottle({
    engine,
    plan,
    ...made,
    guestEnv: () => guestEnvironment(plan, made.endpoints, options.secrets, options.answers),
    hasTerminal: context.out.isTerminal.stdin && context.out.isTerminal.stdout,
    stop: async () => {
      await stopContainers(engine, owned);
      await options.onEnd?.();
    },
    remove: async () => {
      await removeLabelled(engine, outerOf(context, plan.fields.homeId), owned);
      await options.onEnd?.();
    },
  });
}

/** Provisions and tests, at once: neither needs the other, and the agent runs after both. */
export async function makeReady(
  { options, plan }: Pick<LaunchParts, "options" | "plan">,
  bottle: DockerBottle,
  subnet: BottleSubnet,
  secret: SelfTestSecret,
  signal: AbortSignal,
): Promise<void> {
  const { progress } = options;
  await together(signal, [
    () => during(progress, "Provision the guest", () => options.provision(bottle)),
    (either) =>
      during(
        progress,
        "Self-test",
        () =>
          runSelfTest(
            bottle,
            { subnet, proxyPort: PROXY_PORT, runtime: plan.fields.runtime.name },
            secret,
            either,
          ),
      ),
  ]);
  signal.throwIfAborted();
}
