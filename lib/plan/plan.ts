/** What will happen, whole and printable, before anything does. */

import type { SourcePlace } from "../errors.ts";
import { GIT_GATE_HOST, GIT_GATE_PORT, type PushMode, type RepoRules } from "../git_gate/config.ts";
import type { RepoKey } from "../git_gate/repo_key.ts";
import type { UpstreamAddress } from "../git_gate/upstream_address.ts";
import type { CredentialSource } from "../manifest/credential.ts";
import type { EnvValue, Manifest } from "../manifest/types.ts";
import type { HomeId, Slug } from "../names.ts";
import type { Placeholder } from "../egress/credential/placeholder.ts";
import type { RouteChange } from "../egress/route/route_change.ts";
import type { Route, TokenSlot } from "../egress/route/route.ts";
import type { AgentProvisionPlan, CredentialShape } from "./agent_plan.ts";
import type { ExtraCa } from "./extra_ca.ts";
import { type Json, planToJson } from "./plan_json.ts";
import type { RuntimePlan } from "./runtime.ts";
import type { BundleNetwork } from "./spec.ts";
import type { UpstreamProxyPlan } from "./upstream_proxy.ts";
import type { WorkspacePlan } from "../workspace/types.ts";

/** Something that the person should know before saying yes. `danger` is shown in red. */
export interface Notice {
  /** How much it matters. */
  readonly level: "info" | "warning" | "danger";
  /** A sentence without a full stop. */
  readonly text: string;
}

/** A credential that egress will get: by where it comes from, never by value. */
export interface TokenPlan {
  /** Where egress keeps the value. */
  readonly slot: TokenSlot;
  /** Where it comes from. */
  readonly ref: CredentialSource;
  /** What the provider planned for; absent: any value. */
  readonly expects?: CredentialShape;
}

/** Egress's part. */
export interface EgressPlan {
  /** In force: those of `baseRoutes` with the changes made. */
  readonly routes: readonly Route[];
  /** As they are written: the provider's first, then the manifest's. */
  readonly baseRoutes: readonly Route[];
  /** What the person changed of them while the bottle ran, oldest first. */
  readonly changes: readonly RouteChange[];
  /** One a distinct credential. */
  readonly tokens: readonly TokenPlan[];
  /** What the agent holds instead of credentials. */
  readonly placeholders: readonly Placeholder[];
  /** What the audit keeps. */
  readonly log: "all" | "blocked" | "off";
  /** The operator's CA as it was when the plan was made, or null: what launch uses, whatever becomes of the file. */
  readonly extraCa: ExtraCa | null;
  /** The company's proxy, by which upstreams are reached; null: directly. */
  readonly upstreamProxy: UpstreamProxyPlan | null;
  /** Engine networks that the bundle joins. */
  readonly bundleNetworks: readonly BundleNetwork[];
}

/** One repository that the agent may clone, and perhaps push to. */
export interface GateRepoPlan {
  /** The name that the gate serves it by. */
  readonly name: string;
  /** As the manifest has it. */
  readonly url: string;
  /** Where it really is. */
  readonly upstream: UpstreamAddress;
  /** What opens it. */
  readonly key: RepoKey;
  /** Whether pushes go through, wait for a person, or are refused. */
  readonly push: PushMode;
  /** What a push may do. */
  readonly rules: RepoRules;
  /** Where the manifest declares it. */
  readonly place: SourcePlace;
}

/** git-gate's part. Without repositories there is no gate. */
export interface GitGatePlan {
  /** Who commits, each field with its place. */
  readonly user: Manifest["gitUser"];
  /** In the manifest's order, each name and each upstream once. */
  readonly repos: readonly GateRepoPlan[];
}

/** supervise's part. */
export interface SupervisePlan {
  /** Not in this version. */
  readonly enabled: false;
  /** Why it is off, for the preflight. */
  readonly why: string;
}

/** A skill to copy: a folder of the home. */
export interface SkillPlan {
  /** The folder's name. */
  readonly name: string;
  /** Host path, absolute. */
  readonly folder: string;
}

/** The fields of a {@linkcode BottlePlan}. */
export interface BottlePlanFields {
  /** The bottle's identity. */
  readonly slug: Slug;
  /** What the person calls it. */
  readonly label: string | null;
  /** `BOT_BOTTLE_HOME`, absolute. */
  readonly home: string;
  /** Which home's bottle it is, in labels. */
  readonly homeId: HomeId;
  /** Which backend runs it. */
  readonly backend: "docker";
  /** Under which of the engine's runtimes the agent runs. */
  readonly runtime: RuntimePlan;
  /** One agent and one effective bottle. */
  readonly manifest: Manifest;
  /** The provider's part. */
  readonly agent: AgentProvisionPlan;
  /** What may be reached, and with which credentials. */
  readonly egress: EgressPlan;
  /** Git's part. */
  readonly gitGate: GitGatePlan;
  /** The part of asking for more. */
  readonly supervise: SupervisePlan;
  /** Variables of the guest from the manifest; values of `host` and `ask` come at launch. */
  readonly env: ReadonlyMap<string, EnvValue>;
  /** Skills to copy into the guest. */
  readonly skills: readonly SkillPlan[];
  /** Of the person's terminal: TERM, LANG, TZ. */
  readonly terminal: Readonly<Record<string, string>>;
  /** The repository that the agent works on; null: none. */
  readonly workspace: WorkspacePlan | null;
  /** Whether the guest's file system stays when the agent ends. */
  readonly keep: boolean;
  /** Dangers first. */
  readonly notices: readonly Notice[];
}

/**
 * The plan. Each value has one place; what several readers want under their own name are properties that delegate.
 * `JSON.stringify` gives the plan in snake case, without secrets (`toJSON` in `plan_json.ts`).
 */
export class BottlePlan {
  /** The values themselves. */
  readonly fields: BottlePlanFields;

  /** Made by `makePlan`. */
  constructor(fields: BottlePlanFields) {
    this.fields = fields;
  }

  /** The bottle's identity. */
  get slug(): Slug {
    return this.fields.slug;
  }
  /** One agent and one effective bottle. */
  get manifest(): Manifest {
    return this.fields.manifest;
  }
  /** The provider's part. */
  get agent(): AgentProvisionPlan {
    return this.fields.agent;
  }
  /** What may be reached, and with which credentials. */
  get egress(): EgressPlan {
    return this.fields.egress;
  }
  /** Git's part. */
  get gitGate(): GitGatePlan {
    return this.fields.gitGate;
  }
  /** The part of asking for more. */
  get supervise(): SupervisePlan {
    return this.fields.supervise;
  }
  /** Docker's name of the agent. */
  get containerName(): string {
    return this.agent.instanceName;
  }
  /** The container's or machine's name. */
  get instanceName(): string {
    return this.agent.instanceName;
  }
  /** What the engine knows the agent's image by: a tag of ours, or the reference of a ready-made one. */
  get image(): string {
    return this.agent.image.tag;
  }
  /** Guest path of the prompt. */
  get promptFile(): string {
    return this.agent.promptFile;
  }
  /** The guest's home, absolute. */
  get guestHome(): string {
    return this.agent.guestHome;
  }

  /** What git in the guest is led to, as a URL has its host: with the port. Undefined: no repositories, or known at launch only. */
  get gitGateInsteadOfHost(): string | undefined {
    return this.gitGate.repos.length === 0 ? undefined : `${GIT_GATE_HOST}:${GIT_GATE_PORT}`;
  }
  /** By which scheme. Undefined with {@linkcode gitGateInsteadOfHost}. */
  get gitGateInsteadOfScheme(): "http" | undefined {
    return this.gitGate.repos.length === 0 ? undefined : "http";
  }

  /** Snake case, without a secret: what `--json` prints. */
  toJSON(): Readonly<Record<string, Json>> {
    return planToJson(this.fields);
  }
}
