/** What a provision step is, and how a provider puts its own in the place of a default. */

import type { Bottle, GuestEntry } from "../bottle.ts";
import type { BottlePlan } from "../plan/plan.ts";
import type { GitHost } from "../workspace/host_git.ts";

/** A step's default, to be called by what wraps it, or left out by what replaces it. */
export type Next = () => Promise<void>;

/** A provision step: knows a bottle's handle and nothing of the backend. */
export type ProvisionStep = (bottle: Bottle, plan: BottlePlan, next: Next) => Promise<void>;

/** The steps that a provider may wrap or replace; each has a default here. */
export interface ProvisionSteps {
  /** Makes the guest trust the bottle's CA. */
  readonly provisionCa?: ProvisionStep;
  /** Writes the guest's git configuration. */
  readonly provisionGit?: ProvisionStep;
  /** Brings the repository in that the agent works on, if there is one. */
  readonly provisionWorkspace?: ProvisionStep;
  /** Puts the prompt file into place. */
  readonly applyPrompt?: ProvisionStep;
  /** Copies the skills. */
  readonly applySkills?: ProvisionStep;
  /** Writes the provider's files and runs its commands. */
  readonly applyProvision?: ProvisionStep;
}

/** A part that goes on; disposed without `done()`: it failed. */
export interface RunningStep extends Disposable {
  /** How far it is. */
  line(text: string): void;
  /** Ends it well, with a word on what came of it. */
  done(note?: string): void;
}

/** What the steps are told besides bottle and plan. */
export interface ProvisionOptions {
  /** The guest was provisioned before: `resume`. Default false. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  /** A line worth logging: the certificate's fingerprint. */
  readonly onNote?: (text: string) => void;
  /** Where programs of the host are started: a workspace comes from its git. */
  readonly host?: GitHost;
  /** Begins a part that takes so long that a person wants to see it go on. */
  readonly step?: (name: string) => RunningStep;
}

/**
 * What a default step wants done, made before anything is done: files of several steps then travel in one tar an
 * owner.
 */
export interface StepWork {
  readonly node: readonly GuestEntry[];
  readonly root: readonly GuestEntry[];
  /** Runs when the step's files are there. */
  readonly finish?: () => Promise<void>;
}
