/** A backend without an engine: plans are real, bottles are remembered in memory. */

import {
  type Availability,
  Backend,
  type BottleMemory,
  type BottleSummary,
  type CleanupItem,
  type CleanupSelection,
  type InForce,
  type LaunchOptions,
  type OpenedGuest,
} from "../../backends/backend.ts";
import { chainRows, EMPTY_CHAIN } from "../../lib/audit/chain.ts";
import { parseAuditRow } from "../../lib/audit/row.ts";
import type { AgentStart, Bottle, ExecOptions, ExecResult } from "../../lib/bottle.ts";
import type { Context } from "../../lib/context.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { RoutesPutParams, StatsResult } from "../../lib/control/protocol.ts";
import type { AuditRow, LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Manifest } from "../../lib/manifest/types.ts";
import { type HomeId, resourceName, type Slug } from "../../lib/names.ts";
import { describeDropped, droppedLimits } from "../../lib/plan/limits.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import { resolvePlan } from "../../lib/plan/resolve.ts";
import type { EngineRuntimes } from "../../lib/plan/runtime.ts";
import type { BottleSpec } from "../../lib/plan/spec.ts";
import { validateSpec } from "../../lib/plan/validate.ts";
import { findProvider } from "../../providers/registry.ts";
import { fakeBottle } from "./bottle.ts";
import { FakeRoutes } from "./fake_routes.ts";

/** An engine without gVisor. */
export const FAKE_RUNTIMES: EngineRuntimes = {
  names: ["runc"],
  byDefault: "runc",
  gvisor: { kind: "unlisted" },
  keepsFiles: false,
};

/** What a test decides. */
export interface FakeBackendOptions {
  readonly context: Pick<Context, "env" | "home" | "random">;
  readonly availability?: Availability;
  /** Called in each launch and resume; may throw, wait for the signal, or draw progress. */
  readonly onLaunch?: (plan: BottlePlan, options: LaunchOptions) => Promise<void>;
  /** What the agent program does in the terminal. */
  readonly attach?: (argv: readonly string[], options: ExecOptions) => number | Promise<number>;
  readonly exec?: (
    argv: readonly string[],
    options: ExecOptions,
  ) => Partial<ExecResult> | Promise<Partial<ExecResult>>;
  /** A program in the guest, spoken to by streams. */
  readonly stream?: Bottle["stream"];
  /** What every bottle's ledger holds. */
  readonly rows?: readonly AuditRow[];
  /** So many changes of routes meet one that was quicker. */
  readonly routeConflicts?: number;
  /** The ledger does not answer. */
  readonly isLedgerDown?: boolean;
  /** Egress does not answer; while it is so, the ledger's file is locked by the ledger that runs. */
  readonly isEgressDown?: boolean;
  /** What the engine made of limits, where it isn't what was asked. */
  readonly limits?: Partial<InForce["limits"]>;
  /** What a running bottle uses. */
  readonly memory?: BottleMemory;
}

/** A bottle in the fake engine. */
interface FakeEntry {
  readonly plan: BottlePlan;
  state: BottleSummary["state"];
  /** Another one, as a restart of the container by hand leaves it. */
  start: AgentStart;
}

/** Keeps what was asked of it in `calls`. */
export class FakeBackend extends Backend {
  readonly name = "docker";
  readonly calls: string[] = [];
  readonly entries = new Map<Slug, FakeEntry>();
  readonly routes = new Map<Slug, FakeRoutes>();
  readonly #options: FakeBackendOptions;
  #starts = 0;

  constructor(options: FakeBackendOptions) {
    super();
    this.#options = options;
  }

  availability(): Promise<Availability> {
    return Promise.resolve(
      this.#options.availability ??
        { usable: true, version: "fake", notes: [], runtimes: FAKE_RUNTIMES },
    );
  }

  protected async validate(spec: BottleSpec): Promise<Manifest> {
    return await validateSpec(spec, this.#options.context);
  }

  protected async resolvePlan(spec: BottleSpec, manifest: Manifest): Promise<BottlePlan> {
    const provider = await findProvider(manifest.bottle.provider.value.template);
    return await resolvePlan(spec, manifest, { ...this.#options.context, provider });
  }

  async launch(plan: BottlePlan, options: LaunchOptions): Promise<Bottle> {
    this.calls.push(`launch ${plan.slug}`);
    await this.#options.onLaunch?.(plan, options);
    options.signal.throwIfAborted();
    this.entries.set(plan.slug, { plan, state: "running", start: this.#start() });
    const { limits } = await this.inForce(plan.slug);
    for (const limit of droppedLimits(plan.manifest.bottle.resources, limits)) {
      options.onNotice?.(describeDropped(limit));
    }
    this.#route(plan);
    return this.#bottle(plan);
  }

  async resume(plan: BottlePlan, options: LaunchOptions): Promise<Bottle> {
    this.calls.push(`resume ${plan.slug}`);
    await this.#options.onLaunch?.(plan, options);
    const entry = this.#entry(plan.slug);
    entry.state = "running";
    entry.start = this.#start();
    this.#route(plan);
    return this.#bottle(plan);
  }

  async open(plan: BottlePlan): Promise<Bottle> {
    await this.control(plan.slug);
    return this.#bottle(plan);
  }

  isUp(slug: Slug): Promise<boolean> {
    const state = this.entries.get(slug)?.state;
    return Promise.resolve(state === "running" || state === "shut");
  }

  control(slug: Slug): Promise<ControlClient> {
    const { state } = this.#entry(slug);
    if (state === "running") return Promise.resolve(this.#control(slug));
    return Promise.reject(
      new BottleError(`The bottle "${slug}" does not run`, { code: "bottle-not-running" }),
    );
  }

  async *storedAudit(slug: Slug): AsyncGenerator<LedgerRow, void, void> {
    await Promise.resolve();
    this.#entry(slug);
    if (this.#options.isEgressDown === true) {
      throw new BottleError("database is locked", { code: "ledger-unreadable" });
    }
    if (this.#options.isLedgerDown === true) {
      throw new BottleError("The ledger can't be read", { code: "ledger-broken" });
    }
    yield* chainRows(EMPTY_CHAIN, (this.#options.rows ?? []).map(parseAuditRow));
  }

  copyOut(slug: Slug, path: string): Promise<void> {
    this.calls.push(`copyOut ${slug} ${path}`);
    return Promise.reject(new BottleError(`No "${path}" in the fake guest`, { code: "not-found" }));
  }

  openGuest(slug: Slug): Promise<OpenedGuest> {
    const { state, start } = this.#entry(slug);
    if (state !== "running") {
      return Promise.reject(
        new BottleError(`The bottle "${slug}" does not run`, { code: "bottle-not-running" }),
      );
    }
    return Promise.resolve({ ...this.#guest(), agentStart: start });
  }

  list(_home: HomeId): Promise<readonly BottleSummary[]> {
    return Promise.resolve([...this.entries].map(([slug, { plan, state, start }]) => ({
      slug,
      state,
      why: state === "shut" ? "the bundle was restarted without a person" : null,
      agent: {
        id: "a1",
        image: plan.image,
        createdAt: "2026-01-02T03:00:00.000Z",
        start: state === "stopped" ? null : start,
      },
      bundle: { id: "b1", image: "bundle:1" },
      backend: this.name,
    })));
  }

  inForce(slug: Slug): Promise<InForce> {
    const { cpus, memoryBytes, pids } = this.#entry(slug).plan.manifest.bottle.resources;
    const limits = { cpus, memoryBytes, memorySwapBytes: memoryBytes, pids };
    return Promise.resolve({
      runtime: "runc",
      limits: { ...limits, ...this.#options.limits },
    });
  }

  memory(bottles: readonly BottleSummary[]): Promise<ReadonlyMap<Slug, BottleMemory>> {
    const memory = this.#options.memory ?? { agentBytes: 300 << 20, bundleBytes: 96 << 20 };
    const running = bottles.filter(({ state }) => state === "running");
    return Promise.resolve(new Map(running.map(({ slug }) => [slug, memory])));
  }

  stop(slug: Slug): Promise<void> {
    this.calls.push(`stop ${slug}`);
    this.#entry(slug).state = "stopped";
    return Promise.resolve();
  }

  plannedCleanup(_home: HomeId, selection: CleanupSelection): Promise<readonly CleanupItem[]> {
    const chosen = [...this.entries].filter(([slug, { state }]) =>
      (selection.slugs.length === 0 || selection.slugs.includes(slug)) &&
      (selection.includeRunning || state === "stopped")
    );
    return Promise.resolve(chosen.map(([slug, { state }]) => ({
      kind: "container" as const,
      name: resourceName(slug, "agent"),
      id: "a1",
      slug,
      running: state === "running",
    })));
  }

  cleanup(items: readonly CleanupItem[]): Promise<void> {
    for (const { slug } of items) {
      this.calls.push(`cleanup ${slug}`);
      if (slug !== null) this.entries.delete(slug);
    }
    return Promise.resolve();
  }

  #start(): AgentStart {
    return { container: "a1", startedAt: `start ${++this.#starts}` };
  }

  #bottle(plan: BottlePlan): Bottle {
    const stop = (): Promise<void> => this.stop(plan.slug);
    const dispose = (): Promise<void> => {
      this.calls.push(`remove ${plan.slug}`);
      this.entries.delete(plan.slug);
      return Promise.resolve();
    };
    return {
      ...fakeBottle({ plan }),
      ...this.#guest(),
      promptPath: plan.manifest.agent.prompt === "" ? null : plan.promptFile,
      control: this.#control(plan.slug),
      agentStart: this.#entry(plan.slug).start,
      attach: async (argv, options = {}) => {
        this.calls.push(`attach ${argv.join(" ")}`);
        return await this.#options.attach?.(argv, options) ?? 0;
      },
      exec: async (argv, options = {}) => {
        this.calls.push(`exec ${argv.join(" ")}`);
        return { code: 0, stdout: "", stderr: "", ...await this.#options.exec?.(argv, options) };
      },
      stop,
      [Symbol.asyncDispose]: dispose,
    };
  }

  #guest(): Pick<Bottle, "stream"> {
    return {
      stream: (argv, options = {}) => {
        if (this.#options.stream !== undefined) return this.#options.stream(argv, options);
        throw new Error("the fake bottle has no streams");
      },
    };
  }

  #route(plan: BottlePlan): void {
    const { routeConflicts = 0 } = this.#options;
    this.routes.set(plan.slug, new FakeRoutes(plan.egress.routes, routeConflicts));
  }

  #control(slug: Slug): ControlClient {
    const rows = chainRows(EMPTY_CHAIN, (this.#options.rows ?? []).map(parseAuditRow));
    const blocked = rows.filter(({ row }) => row.verdict === "blocked");
    const stats: StatsResult = {
      requests: rows.length,
      blocked: blocked.length,
      failed: 0,
      bytes_up: 0,
      bytes_down: 0,
      open_connections: 0,
      rows: rows.length,
    };
    const isDown = this.#options.isLedgerDown === true;
    const routes = this.routes.get(slug);
    const answer = (method: string, params: unknown): unknown => {
      if (this.#options.isEgressDown === true) {
        throw new BottleError('"egress" is backing-off', { code: "control-refused" });
      }
      if (method === "routes.get") return routes?.get();
      if (method === "routes.put") return routes?.put(params as RoutesPutParams);
      if (isDown || method !== "stats") {
        throw new BottleError("The control stream to the bundle ended", { code: "control-lost" });
      }
      return stats;
    };
    return {
      call: <M>(method: string, params: unknown): Promise<M> =>
        Promise.try(() => answer(method, params)) as Promise<M>,
      closed: Promise.resolve(),
      async *audit(params): AsyncGenerator<LedgerRow, void, void> {
        await Promise.resolve();
        const { after = 0, limit = Infinity } = params;
        const wanted = params.verdict === "blocked" ? blocked : rows;
        yield* wanted.filter(({ seq }) => seq > after).slice(0, limit);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  #entry(slug: Slug): FakeEntry {
    const entry = this.entries.get(slug);
    if (entry !== undefined) return entry;
    throw new BottleError(`No bottle "${slug}"`, { code: "bottle-unknown" });
  }
}
