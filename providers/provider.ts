/** The contract of a provider: the one thing that a backend or a command may import from here, besides the registry. */

import type { PlanProvider } from "../lib/plan/provider_plan.ts";
import type { ProvisionSteps } from "../lib/provision/step.ts";

/**
 * Knows one agent program: what planning needs of it, and the steps of provisioning that it wraps or replaces (their
 * defaults are in `lib/provision/`). A plain object: a plugin needs nothing of ours at run time.
 */
export type AgentProvider = PlanProvider & ProvisionSteps;

export type { PlanContext } from "../lib/plan/provider_plan.ts";
export type { Next, ProvisionStep, ProvisionSteps } from "../lib/provision/step.ts";
