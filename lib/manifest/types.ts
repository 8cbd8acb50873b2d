/** What everything after validation reads: exactly one agent and one effective bottle. */

import type { SourcePlace } from "../errors.ts";
import type { AuthScheme, RouteMatch } from "../egress/route.ts";
import type { EnvName } from "../names.ts";

/** A value and the place it came from. */
export interface Sourced<T> {
  readonly value: T;
  readonly place: SourcePlace;
}

/** How a variable of the guest gets its value. */
export type EnvValue =
  | { readonly kind: "literal"; readonly value: string }
  /** `${NAME}`: the host's variable, read at launch. */
  | { readonly kind: "host"; readonly name: EnvName }
  /** `?question`: asked at launch, never stored. */
  | { readonly kind: "ask"; readonly question: string };

/** `git-gate.user`: who commits. */
export interface GitUser {
  readonly name?: Sourced<string>;
  readonly email?: Sourced<string>;
}

/** A route as a manifest has it: the credential is the name of a host variable. */
export interface ManifestRoute {
  readonly host: string;
  readonly ports?: readonly number[];
  readonly matches?: readonly RouteMatch[];
  readonly auth?: AuthScheme & { readonly token_ref: EnvName };
  readonly allow_private?: boolean;
}

/** `agent_provider`. */
export interface AgentProviderChoice {
  readonly template: string;
  readonly authToken?: EnvName;
}

/** `resources`: limits of the agent's container. */
export interface Resources {
  /** CPUs, fractions allowed. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Processes and threads. */
  readonly pids: number;
}

/** Resources that files name, each with its place. */
export type SourcedResources = {
  readonly [K in keyof Resources]?: Sourced<Resources[K]>;
};

/** A bottle with its parents folded in. */
export interface EffectiveBottle {
  readonly name: string;
  readonly file: string;
  /** Files that were folded, left to right, the bottle's own last. */
  readonly chain: readonly string[];
  readonly provider: Sourced<AgentProviderChoice>;
  readonly env: ReadonlyMap<string, Sourced<EnvValue>>;
  readonly gitUser: GitUser;
  readonly routes: readonly Sourced<ManifestRoute>[];
  readonly log: Sourced<"all" | "blocked" | "off">;
  readonly resources: Resources;
  /** Those of the resources that a file names; the others are defaults. */
  readonly resourceSources: SourcedResources;
  /** Explicit `supervise`; absent: left unset, off in this version. */
  readonly supervise?: Sourced<boolean>;
}

/** An agent. */
export interface AgentManifest {
  readonly name: string;
  readonly file: string;
  /** `repository`: shipped by a repository: its prompt is not the person's. */
  readonly origin: "home" | "repository" | "object";
  /** A file of the same name that this one hides. */
  readonly shadows?: string;
  readonly bottle?: Sourced<string>;
  readonly skills: readonly Sourced<string>[];
  readonly prompt: string;
}

/** One agent and one effective bottle, the agent's git user laid over the bottle's. */
export interface Manifest {
  readonly agent: AgentManifest;
  readonly bottle: EffectiveBottle;
  readonly gitUser: GitUser;
}
