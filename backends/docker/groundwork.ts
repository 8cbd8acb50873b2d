/** What has to be there before a container can be made: images and networks. */

import { ensureBundleImage } from "../bundle/image.ts";
import type { Cidr } from "../../lib/egress/host/cidr.ts";
import type { PrivateException } from "../../lib/egress/config.ts";
import { type AgentImage, ensureAgentImage } from "./agent_image.ts";
import { privateExceptions } from "./bundle_networks.ts";
import { createInnerNetwork, type InnerNetwork } from "./inner_network.ts";
import { ensureOuterNetwork } from "./outer_network.ts";
import { during } from "./progress.ts";
import { type LaunchParts, outerOf } from "./session.ts";

/** All of it is under way; whoever needs a part waits for that part alone. */
export interface Groundwork {
  readonly agentImage: Promise<AgentImage>;
  /** The tag. */
  readonly bundleImage: Promise<string>;
  readonly inner: Promise<InnerNetwork>;
  /** The network's id. */
  readonly outer: Promise<string>;
  readonly exceptions: Promise<readonly PrivateException[]>;
}

/** What belongs to this launch alone. */
export interface GroundworkOptions {
  readonly ranges: readonly Cidr[];
  readonly launch: string;
}

/** Begins all {@linkcode groundworkParts}. Whoever calls it waits for each of them: none may outlive a launch that failed. */
export function beginGroundwork(
  { engine, context, plan, options: { progress } }: LaunchParts,
  { ranges, launch }: GroundworkOptions,
  signal: AbortSignal,
): Groundwork {
  const { homeId: home, slug } = plan.fields;
  const { random } = context;
  const extraCaPem = plan.egress.extraCa?.pem ?? null;
  return {
    agentImage: during(progress, "Agent image", (step) => {
      const onLine = (line: string): void => step.line(line);
      const { guestHome, agent } = plan;
      return ensureAgentImage(engine, context, agent.image, {
        ...{ home, launch, guestHome, extraCaPem, onLine, signal },
      });
    }, ({ came }) => came === "found" ? undefined : came),
    bundleImage: during(progress, "Bundle image", (step) => {
      const onLine = (line: string): void => step.line(line);
      return ensureBundleImage(context, engine, { onLine, signal });
    }),
    inner: during(
      progress,
      "Network",
      () => createInnerNetwork(engine, { home, slug, launch, ranges, random }),
    ),
    outer: ensureOuterNetwork(engine, outerOf(context, home)),
    exceptions: privateExceptions(engine, plan.egress.bundleNetworks, signal),
  };
}

/** Names of the parts. */
export const groundworkParts = [
  "agentImage",
  "bundleImage",
  "inner",
  "outer",
  "exceptions",
] as const satisfies readonly (keyof Groundwork)[];
