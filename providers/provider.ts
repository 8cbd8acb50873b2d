/** The contract of a provider: the one thing that a backend or a command may import from here, besides the registry. */

import type { Manifest } from "../lib/manifest/types.ts";
import type { Slug } from "../lib/names.ts";
import type { AgentProvisionPlan } from "../lib/plan/agent_plan.ts";
import type { ProvisionSteps } from "../lib/provision/step.ts";
import type { Secret } from "../lib/secret.ts";

/** What a provider gets to make its plan. */
export interface ProviderContext {
  /** Name of the bottle. */
  readonly slug: Slug;
  /** Name of the agent's container or machine. */
  readonly instanceName: string;
  /** The one agent and its effective bottle. */
  readonly manifest: Manifest;
  /** The value of a host variable, wrapped: for telling kinds of tokens apart. Undefined if it isn't set. */
  readonly credential: (name: string) => Secret | undefined;
  /** A placeholder for this bottle with the real kind's prefix. */
  readonly placeholder: (prefix: string) => string;
}

/**
 * Knows one agent program. A plain object: a plugin needs nothing of ours at run time. The steps that it wraps or
 * replaces are optional; their defaults are in `lib/provision/`.
 */
export interface AgentProvider extends ProvisionSteps {
  /** As `agent_provider.template` has it. */
  readonly name: string;
  /** The agent's home in the guest, absolute. */
  readonly guestHome: string;
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  /** Pure. @throws {BottleError} when the manifest asks for what this provider can't do */
  readonly plan: (
    context: ProviderContext,
  ) => Omit<AgentProvisionPlan, "provider" | "guestHome" | "instanceName" | "image"> & {
    /** `--build-arg`s. */
    readonly imageArgs?: Readonly<Record<string, string>>;
  };
}

export type { Next, ProvisionStep, ProvisionSteps } from "../lib/provision/step.ts";
