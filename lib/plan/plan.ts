/** What will happen, whole and printable, before anything does. */

import type { EnvValue, Manifest } from "../manifest/types.ts";
import type { EnvName, HomeId, Slug } from "../names.ts";
import type { Route, TokenSlot } from "../egress/route.ts";
import type { AgentProvisionPlan } from "./agent_plan.ts";
import { type Json, planToJson } from "./plan_json.ts";
import type { BundleNetwork } from "./spec.ts";

/** Something that the person should know before saying yes. `danger` is shown in red. */
export interface Notice {
  readonly level: "info" | "warning" | "danger";
  readonly text: string;
}

/** A credential that egress will get: by the name of the host variable, never by value. */
export interface TokenPlan {
  readonly slot: TokenSlot;
  readonly ref: EnvName;
}

/** Egress's part. */
export interface EgressPlan {
  readonly routes: readonly Route[];
  readonly tokens: readonly TokenPlan[];
  readonly log: "all" | "blocked" | "off";
  /** Path of the operator's CA on the host, or null. */
  readonly extraCaFile: string | null;
  readonly bundleNetworks: readonly BundleNetwork[];
}

/** git-gate's part: the identity now; repos when the gate exists. */
export interface GitGatePlan {
  readonly enabled: false;
  readonly user: Manifest["gitUser"];
}

/** supervise's part. */
export interface SupervisePlan {
  readonly enabled: false;
  readonly why: string;
}

/** A skill to copy: a folder of the home. */
export interface SkillPlan {
  readonly name: string;
  /** Host path, absolute. */
  readonly folder: string;
}

/** The fields of a {@linkcode BottlePlan}. */
export interface BottlePlanFields {
  readonly slug: Slug;
  readonly label: string | null;
  readonly home: string;
  readonly homeId: HomeId;
  readonly backend: "docker";
  readonly manifest: Manifest;
  readonly agent: AgentProvisionPlan;
  readonly egress: EgressPlan;
  readonly gitGate: GitGatePlan;
  readonly supervise: SupervisePlan;
  /** Variables of the guest from the manifest; values of `host` and `ask` come at launch. */
  readonly env: ReadonlyMap<string, EnvValue>;
  readonly skills: readonly SkillPlan[];
  readonly terminal: Readonly<Record<string, string>>;
  readonly keep: boolean;
  readonly notices: readonly Notice[];
}

/**
 * The plan. Each value has one place; what several readers want under their own name are properties that delegate.
 * `JSON.stringify` gives the plan in snake case, without secrets (`toJSON` in `plan_json.ts`).
 */
export class BottlePlan {
  readonly fields: BottlePlanFields;

  constructor(fields: BottlePlanFields) {
    this.fields = fields;
  }

  get slug(): Slug {
    return this.fields.slug;
  }
  get manifest(): Manifest {
    return this.fields.manifest;
  }
  get agent(): AgentProvisionPlan {
    return this.fields.agent;
  }
  get egress(): EgressPlan {
    return this.fields.egress;
  }
  get gitGate(): GitGatePlan {
    return this.fields.gitGate;
  }
  get supervise(): SupervisePlan {
    return this.fields.supervise;
  }
  /** Docker's name of the agent. */
  get containerName(): string {
    return this.agent.instanceName;
  }
  get instanceName(): string {
    return this.agent.instanceName;
  }
  get image(): string {
    return this.agent.image.tag;
  }
  get promptFile(): string {
    return this.agent.promptFile;
  }
  get guestHome(): string {
    return this.agent.guestHome;
  }

  toJSON(): Readonly<Record<string, Json>> {
    return planToJson(this.fields);
  }
}
