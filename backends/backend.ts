/** The contract of a backend: one way to run a bottle. The conformance suite runs the same tests against each. */

import type { AgentStart, Bottle } from "../lib/bottle.ts";
import type { ControlClient } from "../lib/control/client.ts";
import type { LedgerRow } from "../lib/egress/audit/audit_row.ts";
import type { Manifest } from "../lib/manifest/types.ts";
import type { HomeId, Slug } from "../lib/names.ts";
import type { LimitsInForce } from "../lib/plan/limits.ts";
import type { BottlePlan } from "../lib/plan/plan.ts";
import type { EngineRuntimes } from "../lib/plan/runtime.ts";
import type { BottleSpec } from "../lib/plan/spec.ts";
import type { Secret } from "../lib/secret.ts";

/** Whether a backend can be used here, and what to do if not. */
export type Availability =
  | {
    readonly usable: true;
    readonly version: string;
    readonly notes: readonly string[];
    readonly runtimes: EngineRuntimes;
  }
  | { readonly usable: false; readonly problem: string; readonly hint: string };

/** Steps of a launch, as progress shows them. */
export interface Progress {
  /** Begins a step; steps may overlap. The returned object ends it. */
  step(name: string): ProgressStep;
}

/** One running step. Disposed without `done()`: it failed. */
export interface ProgressStep extends Disposable {
  /** A line of output that belongs to the step (a build's). */
  line(text: string): void;
  /** Ends the step well, with a word on what came of it. */
  done(note?: string): void;
}

/** Options of {@linkcode Backend.launch}. */
export interface LaunchOptions {
  /** Values of the host variables that the plan names: credentials and forwarded variables. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** Answers to the `?question` variables, by variable. */
  readonly answers: ReadonlyMap<string, string>;
  /** Private keys of git-gate's ssh upstreams, their texts by the repository's name; default none. Secret. */
  readonly gateKeys?: ReadonlyMap<string, string>;
  /** Told of each step. */
  readonly progress: Progress;
  /** Aborts the launch; what it did is then undone. */
  readonly signal: AbortSignal;
  /** Runs after the bundle is ready and before the self-test; a failure undoes the launch. */
  readonly provision: (bottle: Bottle) => Promise<void>;
  /** Of `resume`: the start that was sealed last; any other is ended, for nobody sealed it. Null: none is known. Absent: it isn't asked. */
  readonly agentStart?: AgentStart | null;
  /** Called whenever the bottle's handle has stopped it or removed it, and awaited there. */
  readonly onEnd?: () => Promise<void>;
  /** Told what the person should know of the bottle that starts: a limit that the engine dropped. */
  readonly onNotice?: (text: string) => void;
}

/** What really holds for a bottle's agent, as the engine says. */
export interface InForce {
  /** The engine's name of the runtime. */
  readonly runtime: string;
  /** The limits. */
  readonly limits: LimitsInForce;
}

/** Memory in use, in bytes; null: unknown. The agent's is its own word: good for being shown only. */
export interface BottleMemory {
  /** Of the agent's container. */
  readonly agentBytes: number | null;
  /** Of the bundle's. */
  readonly bundleBytes: number | null;
}

/** A bottle as the engine shows it, without our own state. */
export interface BottleSummary {
  /** Its name. */
  readonly slug: Slug;
  /** `running`: agent and bundle up and configured. `shut`: up, but nothing gets out; `why` says so. `stopped`: resumable. `broken`: parts are missing. */
  readonly state: "running" | "shut" | "stopped" | "broken";
  /** What a person should know about the state; null: nothing. */
  readonly why: string | null;
  /** Its container; null if it is missing. */
  readonly agent:
    | {
      readonly id: string;
      readonly image: string;
      readonly createdAt: string;
      /** Null: it does not run. */
      readonly start: AgentStart | null;
    }
    | null;
  /** Its sidecar container; null if it is missing. */
  readonly bundle: { readonly id: string; readonly image: string } | null;
  /** Name of the backend. */
  readonly backend: string;
}

/** What `cleanup` found or removed. */
export interface CleanupItem {
  /** What it is in the engine. */
  readonly kind: "container" | "network" | "volume" | "image";
  /** Its name in the engine. */
  readonly name: string;
  /** Its id in the engine; the name where there is none. */
  readonly id: string;
  /** The bottle that it belongs to; null: to the home. */
  readonly slug: Slug | null;
  /** Whether its bottle runs. */
  readonly running: boolean;
  /** Of an image, layers that it shares with others counted too. */
  readonly bytes?: number;
}

/** Which bottles {@linkcode Backend.cleanup} is about. */
export interface CleanupSelection {
  /** Empty: everything of this home that does not run. */
  readonly slugs: readonly Slug[];
  /** Running bottles too. */
  readonly includeRunning: boolean;
  /** Images too that were built for this home and that no container of anybody's needs. Default no. */
  readonly images?: boolean;
}

/** An agent's container, for programs that need nothing of the bundle. */
export type OpenedGuest = Pick<Bottle, "stream" | "agentStart">;

/** One way to run a bottle. */
export abstract class Backend {
  /** Its name in the engine. */
  abstract readonly name: string;

  /** Is it usable here, which version, and if not: what to do. */
  abstract availability(signal?: AbortSignal): Promise<Availability>;

  /** Pure: starts no program, opens no socket. @throws {BottleError} with all problems of the chosen agent at once */
  async prepare(spec: BottleSpec): Promise<BottlePlan> {
    const manifest = await this.validate(spec);
    return await this.resolvePlan(spec, manifest);
  }

  /** Loads the manifests and checks what they name. @throws {BottleError} with all problems at once */
  protected abstract validate(spec: BottleSpec): Promise<Manifest>;
  /** Makes the plan from a valid manifest. */
  protected abstract resolvePlan(spec: BottleSpec, manifest: Manifest): Promise<BottlePlan>;

  /** Everything that takes time; undone on failure or abort. */
  abstract launch(plan: BottlePlan, options: LaunchOptions): Promise<Bottle>;

  /** Starts a kept bottle's containers again, with a bundle configured anew. */
  abstract resume(plan: BottlePlan, options: LaunchOptions): Promise<Bottle>;

  /**
   * The handle on a bottle that runs already. Its `agentStart` is for the caller to compare with the one that was sealed.
   *
   * @throws {BottleError} `bottle-unknown`, `bottle-not-running`
   */
  abstract open(plan: BottlePlan, signal?: AbortSignal): Promise<Bottle>;

  /** Whether both containers of a bottle run, configured or not. One that is gone: no. */
  abstract isUp(slug: Slug, signal?: AbortSignal): Promise<boolean>;

  /**
   * The control channel of a running bundle, found by its labels: `list`, `audit` and `cleanup` work without the manifests that the
   * bottle was made from. @throws {BottleError} `bottle-unknown`, `bottle-not-running`
   */
  abstract control(slug: Slug, signal?: AbortSignal): Promise<ControlClient>;

  /**
   * All audit rows of a bottle whose bundle can't be asked, from where they are stored. Not while its bundle runs
   * configured: the ledger has one writer. @throws {BottleError} `bottle-unknown`
   */
  abstract storedAudit(slug: Slug, signal?: AbortSignal): AsyncIterable<LedgerRow>;

  /**
   * Brings a file or tree out of a bottle that may be stopped into an existing folder of the host, under the rules of
   * `Bottle.cpOut`. @throws {BottleError} `bottle-unknown`, `bottle-broken`, `not-found`, `archive-unsafe`, `copy-failed`
   */
  abstract copyOut(
    slug: Slug,
    path: string,
    intoFolder: string,
    signal?: AbortSignal,
  ): Promise<void>;

  /**
   * The programs of a bottle whose agent's container runs, found by its labels: the work in it can be had without the manifests that
   * the bottle was made from, and while its bundle is shut. Commands run as the agent's user, with nothing in their environment.
   *
   * @throws {BottleError} `bottle-unknown`, `bottle-broken`, `bottle-not-running`
   */
  abstract openGuest(slug: Slug, signal?: AbortSignal): Promise<OpenedGuest>;

  /** Found by labels, so that nothing hides. */
  abstract list(home: HomeId, signal?: AbortSignal): Promise<readonly BottleSummary[]>;

  /** What really holds for a bottle's agent. @throws {BottleError} `bottle-unknown`, `bottle-broken` */
  abstract inForce(slug: Slug, signal?: AbortSignal): Promise<InForce>;

  /** Memory of those bottles that run, in bounded time; what can't be told is null. */
  abstract memory(
    bottles: readonly BottleSummary[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Slug, BottleMemory>>;

  /** Ends the bottle's processes, keeps its containers. */
  abstract stop(slug: Slug, signal?: AbortSignal): Promise<void>;

  /** What a cleanup would remove, in the order of removal. */
  abstract plannedCleanup(
    home: HomeId,
    selection: CleanupSelection,
    signal?: AbortSignal,
  ): Promise<readonly CleanupItem[]>;

  /** Removes; never what isn't ours. Goes on past a failure and reports all. */
  abstract cleanup(items: readonly CleanupItem[], signal?: AbortSignal): Promise<void>;
}
