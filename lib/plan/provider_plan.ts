/** What planning needs of a provider. Structural: `providers/provider.ts` has the contract that satisfies it. */

import type { Manifest } from "../manifest/types.ts";
import type { Slug } from "../names.ts";
import type { Secret } from "../secret.ts";
import type { AgentProvisionPlan } from "./agent_plan.ts";

/** What a provider's `plan` is told. */
export interface PlanContext {
  readonly slug: Slug;
  readonly instanceName: string;
  readonly manifest: Manifest;
  /** The value of a host variable, wrapped; undefined if it isn't set. */
  readonly credential: (name: string) => Secret | undefined;
  /** A placeholder for this bottle with the real kind's prefix. */
  readonly placeholder: (prefix: string) => string;
}

/** What a provider's `plan` answers. */
export type ProviderPlan =
  & Omit<AgentProvisionPlan, "provider" | "guestHome" | "instanceName" | "image">
  & {
    /** `--build-arg`s. */
    readonly imageArgs?: Readonly<Record<string, string>>;
  };

/** A provider, as far as planning goes. */
export interface PlanProvider {
  readonly name: string;
  readonly guestHome: string;
  readonly dockerfile: string;
  readonly plan: (context: PlanContext) => ProviderPlan;
}
