/** The contract of a provider: the one thing that a backend or a command may import from here, besides the registry. */

import type { Bottle } from "../lib/bottle.ts";
import type { Manifest } from "../lib/manifest/types.ts";
import type { Slug } from "../lib/names.ts";
import type { AgentProvisionPlan } from "../lib/plan/agent_plan.ts";
import type { BottlePlan } from "../lib/plan/plan.ts";
import type { Secret } from "../lib/secret.ts";

/** What a provider gets to make its plan. */
export interface ProviderContext {
  readonly slug: Slug;
  readonly instanceName: string;
  readonly manifest: Manifest;
  /** The value of a host variable, wrapped: for telling kinds of tokens apart. Undefined if it isn't set. */
  readonly credential: (name: string) => Secret | undefined;
  /** A placeholder for this bottle with the real kind's prefix. */
  readonly placeholder: (prefix: string) => string;
}

/** A step's default, to be called by what wraps it. */
export type Next = () => Promise<void>;

/** A provision step: knows a bottle's handle and nothing of the backend. */
export type ProvisionStep = (bottle: Bottle, plan: BottlePlan, next: Next) => Promise<void>;

/** Knows one agent program. A plain object: a plugin needs nothing of ours at run time. */
export interface AgentProvider {
  readonly name: string;
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
  /** Steps that the provider wraps or replaces; the defaults are in `lib/provision/`. */
  readonly provisionCa?: ProvisionStep;
  readonly provisionGit?: ProvisionStep;
  readonly applyPrompt?: ProvisionStep;
  readonly applySkills?: ProvisionStep;
  readonly applyProvision?: ProvisionStep;
}
