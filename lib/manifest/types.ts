/** What everything after validation reads: exactly one agent and one effective bottle. */

import type { SourcePlace } from "../errors.ts";
import type { PushMode, RepoRules } from "../git_gate/config.ts";
import type { RepoKey } from "../git_gate/repo_key.ts";
import type { UpstreamAddress } from "../git_gate/upstream_address.ts";
import type { AgentAuth, AuthScheme, RouteLimits, RouteMatch } from "../egress/route/route.ts";
import type { EnvName } from "../names.ts";
import type { CredentialSource } from "./credential.ts";

/** A value and the place it came from. */
export interface Sourced<T> {
  /** What is said. */
  readonly value: T;
  /** Where it is said. */
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
  /** Author and committer. */
  readonly name?: Sourced<string>;
  /** Address of author and committer. */
  readonly email?: Sourced<string>;
}

/** A route as a manifest has it: the credential is named, not held. */
export interface ManifestRoute {
  /** Canonical: exact, `*.example.com`, or a literal address. */
  readonly host: string;
  /** Absent: 443 for https, 80 for http. */
  readonly ports?: readonly number[];
  /** OR over entries; absent: every request to the host. */
  readonly matches?: readonly RouteMatch[];
  /** How the credential is put on, and where it comes from; or that the agent's own passes. */
  readonly auth?: (AuthScheme & { readonly token_ref: CredentialSource }) | AgentAuth;
  /** Lets the host resolve to private addresses. Default false. */
  readonly allow_private?: boolean;
  /** Bounds of this route. */
  readonly limits?: RouteLimits;
  /** TLS is not terminated. Absent: it is. */
  readonly tls?: "passthrough";
}

/** One of `git-gate.repos`. */
export interface ManifestRepo {
  /** The name that the gate serves it by. */
  readonly name: string;
  /** As written. */
  readonly url: string;
  /** Where it really is. */
  readonly upstream: UpstreamAddress;
  /** What opens it. */
  readonly key: RepoKey;
  /** Whether pushes go through, wait for a person, or are refused. */
  readonly push: PushMode;
  /** What a push may do, defaults filled in. */
  readonly rules: RepoRules;
}

/** `agent_provider`. */
export interface AgentProviderChoice {
  /** The provider's name: `claude`. */
  readonly template: string;
  /** Where the provider's credential comes from. */
  readonly authToken?: CredentialSource;
  /** A Dockerfile instead of the provider's: absolute, `~/…`, or relative to the file that names it. */
  readonly dockerfile?: Sourced<string>;
  /** A ready-made image, by tag or digest; never beside a Dockerfile or a version. */
  readonly image?: Sourced<string>;
  /** Version of the agent program, where the Dockerfile takes one. */
  readonly version?: Sourced<string>;
}

/** `resources`: limits of the agent's container. */
export interface Resources {
  /** CPUs, fractions allowed. */
  readonly cpus: number;
  /** Bytes of memory, swap included. */
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
  /** The name that was asked for. */
  readonly name: string;
  /** Its own file. */
  readonly file: string;
  /** Files that were folded, left to right, the bottle's own last. */
  readonly chain: readonly string[];
  /** The last file's that names one, whole. */
  readonly provider: Sourced<AgentProviderChoice>;
  /** Variables of the guest, by name. */
  readonly env: ReadonlyMap<string, Sourced<EnvValue>>;
  /** Before the agent's own is laid over it. */
  readonly gitUser: GitUser;
  /** Repositories of git-gate, by name; each upstream once. */
  readonly repos: ReadonlyMap<string, Sourced<ManifestRepo>>;
  /** One a host. */
  readonly routes: readonly Sourced<ManifestRoute>[];
  /** What the audit keeps. */
  readonly log: Sourced<"all" | "blocked" | "off">;
  /** Limits of the agent's container, defaults filled in. */
  readonly resources: Resources;
  /** Those of the resources that a file names; the others are defaults. */
  readonly resourceSources: SourcedResources;
  /** Explicit `supervise`; absent: left unset, off in this version. */
  readonly supervise?: Sourced<boolean>;
}

/** An agent. */
export interface AgentManifest {
  /** The stem of its file. */
  readonly name: string;
  /** Path, or for an object a name in angle brackets. */
  readonly file: string;
  /** `repository`: shipped by a repository: its prompt is not the person's. */
  readonly origin: "home" | "repository" | "object";
  /** A file of the same name that this one hides. */
  readonly shadows?: string;
  /** The bottle that it names; a launch may name another. */
  readonly bottle?: Sourced<string>;
  /** Folders of the home's `skills/`. */
  readonly skills: readonly Sourced<string>[];
  /** The file's body; may be empty. */
  readonly prompt: string;
}

/** One agent and one effective bottle, the agent's git user laid over the bottle's. */
export interface Manifest {
  /** Who works. */
  readonly agent: AgentManifest;
  /** In what. */
  readonly bottle: EffectiveBottle;
  /** Who commits: the agent's fields over the bottle's. */
  readonly gitUser: GitUser;
}
