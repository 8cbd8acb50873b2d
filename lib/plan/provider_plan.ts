/** What planning needs of a provider: structural, since `lib` imports nothing from `providers`. */

import type { CredentialSource, CredentialType } from "../manifest/credential.ts";
import type { Manifest } from "../manifest/types.ts";
import type { Slug } from "../names.ts";
import type { Secret } from "../secret.ts";
import type { AgentProvisionPlan } from "./agent_plan.ts";

/** What a provider's `plan` is told. */
export interface PlanContext {
  /** The bottle's identity. */
  readonly slug: Slug;
  /** The container's or machine's name. */
  readonly instanceName: string;
  /** Where the agent program will be started, absolute: the workspace, or the guest's home. */
  readonly workFolder: string;
  /** One agent and one effective bottle. */
  readonly manifest: Manifest;
  /** A credential's value, wrapped; undefined if it isn't known yet: a command runs after the person's yes. */
  readonly credential: (source: CredentialSource) => Secret | undefined;
  /** What the credential of a bottle that runs was planned as; null: nothing is remembered. */
  readonly credentialType: CredentialType | null;
  /** A placeholder for this bottle with the real kind's prefix. */
  readonly placeholder: (prefix: string) => string;
}

/** What a provider's `plan` answers. */
export type ProviderPlan =
  & Omit<AgentProvisionPlan, "provider" | "guestHome" | "workFolder" | "instanceName" | "image">
  & {
    /** `--build-arg`s. */
    readonly imageArgs?: Readonly<Record<string, string>>;
  };

/** A provider, as far as planning goes; the whole contract is in `providers/provider.ts`. */
export interface PlanProvider {
  /** As `agent_provider.template` has it. */
  readonly name: string;
  /** The agent's home in the guest, absolute. */
  readonly guestHome: string;
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  /** The Dockerfile's `ARG` that takes `agent_provider.version`; absent: it takes none. */
  readonly versionArg?: string;
  /** Programs that a guest of this provider needs on PATH, whatever its image, besides bash, tar, git and sleep. */
  readonly guestPrograms?: readonly string[];
  /** Pure but for the placeholders that it draws. @throws {BottleError} when the manifest asks for what this provider can't do */
  readonly plan: (context: PlanContext) => ProviderPlan;
}
