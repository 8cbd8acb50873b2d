/** Bottles in Docker. */

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
} from "../backend.ts";
import type { Bottle } from "../../lib/bottle.ts";
import type { Context } from "../../lib/context.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { findHomeId } from "../../lib/home_id.ts";
import type { Manifest } from "../../lib/manifest/types.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { SourcePlace } from "../../lib/errors.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { PlanProvider } from "../../lib/plan/provider_plan.ts";
import type { BottleSpec } from "../../lib/plan/spec.ts";
import { createEngine, type Engine } from "../engine/engine.ts";

/** What the backend doesn't know by itself. */
export interface DockerBackendOptions {
  /** The provider of that name, which is written at `place`. @throws {BottleError} if there is none */
  readonly providers: (name: string, place: SourcePlace) => Promise<PlanProvider>;
  /** Names that `providers` takes: another one is then told among a manifest's other problems. */
  readonly providerNames?: readonly string[];
}

/** Makes the backend; starts nothing. */
export function createDockerBackend(context: Context, options: DockerBackendOptions): Backend {
  return new DockerBackend(context, options);
}

/** Each method loads what it needs: `prepare` starts no program and needs no engine. */
class DockerBackend extends Backend {
  override readonly name = "docker";
  readonly #context: Context;
  readonly #options: DockerBackendOptions;
  readonly #engine: Engine;

  constructor(context: Context, options: DockerBackendOptions) {
    super();
    this.#context = context;
    this.#options = options;
    this.#engine = createEngine(context);
  }

  override async availability(signal?: AbortSignal): Promise<Availability> {
    const { checkAvailability } = await import("./availability.ts");
    return await checkAvailability(this.#engine, this.#context.home, signal);
  }

  protected override async validate(spec: BottleSpec): Promise<Manifest> {
    const { validateSpec } = await import("../../lib/plan/validate.ts");
    const { env, home } = this.#context;
    const { providerNames } = this.#options;
    const known = providerNames === undefined ? {} : { providers: providerNames };
    return await validateSpec(spec, { env, home, ...known });
  }

  protected override async resolvePlan(spec: BottleSpec, manifest: Manifest): Promise<BottlePlan> {
    const { resolvePlan } = await import("../../lib/plan/resolve.ts");
    const { env, random, home } = this.#context;
    const { value: { template }, place } = manifest.bottle.provider;
    const provider = await this.#options.providers(template, place);
    return await resolvePlan(spec, manifest, { env, random, home, provider });
  }

  override async launch(plan: BottlePlan, options: LaunchOptions): Promise<Bottle> {
    const [{ launch }, { parseRanges }] = await Promise.all([
      import("./launch.ts"),
      import("./subnets.ts"),
    ]);
    const ranges = parseRanges(this.#context.env("BOT_BOTTLE_SUBNETS"));
    return await launch({ ...this.#parts(plan), options }, ranges);
  }

  override async resume(plan: BottlePlan, options: LaunchOptions): Promise<Bottle> {
    const { resume } = await import("./resume.ts");
    return await resume({ ...this.#parts(plan), options });
  }

  override async open(plan: BottlePlan, signal?: AbortSignal): Promise<Bottle> {
    const { openBottle } = await import("./open.ts");
    return await openBottle(this.#parts(plan), signal ?? this.#context.signal);
  }

  override async isUp(slug: Slug, signal?: AbortSignal): Promise<boolean> {
    const { isBottleUp } = await import("./running.ts");
    return await isBottleUp(this.#engine, await findHomeId(this.#context.home), slug, signal);
  }

  override async control(slug: Slug, signal?: AbortSignal): Promise<ControlClient> {
    const { openControlOf } = await import("./running.ts");
    return await openControlOf(this.#engine, await findHomeId(this.#context.home), slug, signal);
  }

  override async *storedAudit(
    slug: Slug,
    signal?: AbortSignal,
  ): AsyncGenerator<LedgerRow, void, void> {
    const { storedAuditOf } = await import("./stored_audit.ts");
    yield* storedAuditOf(this.#engine, await findHomeId(this.#context.home), slug, signal);
  }

  override async copyOut(
    slug: Slug,
    path: string,
    intoFolder: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const { copyStored } = await import("./copy_stored.ts");
    const home = await findHomeId(this.#context.home);
    await copyStored(this.#engine, { home, slug, path, intoFolder }, signal);
  }

  override async openGuest(slug: Slug, signal?: AbortSignal): Promise<OpenedGuest> {
    const { openGuestOf } = await import("./guest_programs.ts");
    return await openGuestOf(this.#engine, await findHomeId(this.#context.home), slug, signal);
  }

  override async list(home: HomeId, signal?: AbortSignal): Promise<readonly BottleSummary[]> {
    const [{ ownedBy, takeInventory }, { listBottles }] = await Promise.all([
      import("./inventory.ts"),
      import("./running.ts"),
    ]);
    return await listBottles(
      this.#engine,
      await takeInventory(this.#engine, ownedBy(home), signal),
    );
  }

  override async inForce(slug: Slug, signal?: AbortSignal): Promise<InForce> {
    const [{ findBottle }, { readInForce }] = await Promise.all([
      import("./running.ts"),
      import("./in_force.ts"),
    ]);
    const home = await findHomeId(this.#context.home);
    const { agent } = await findBottle(this.#engine, home, slug, signal);
    return await readInForce(this.#engine, agent.id, signal);
  }

  override async memory(
    bottles: readonly BottleSummary[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Slug, BottleMemory>> {
    const { readMemory } = await import("./memory.ts");
    return await readMemory(this.#engine, bottles, signal);
  }

  override async stop(slug: Slug, signal?: AbortSignal): Promise<void> {
    const [{ ownedBy }, { findBottle }, { stopContainers }] = await Promise.all([
      import("./inventory.ts"),
      import("./running.ts"),
      import("./stop.ts"),
    ]);
    const home = await findHomeId(this.#context.home);
    await findBottle(this.#engine, home, slug, signal);
    await stopContainers(this.#engine, ownedBy(home, slug), signal);
  }

  override async plannedCleanup(
    home: HomeId,
    selection: CleanupSelection,
    signal?: AbortSignal,
  ): Promise<readonly CleanupItem[]> {
    const [{ ownedBy, takeInventory }, { planCleanup }] = await Promise.all([
      import("./inventory.ts"),
      import("./cleanup.ts"),
    ]);
    const items = planCleanup(await takeInventory(this.#engine, ownedBy(home), signal), selection);
    const leaving = new Set(items.flatMap(({ kind, id }) => kind === "container" ? [id] : []));
    return [...items, ...await this.#plannedImages({ home, leaving, selection }, signal)];
  }

  /** What builds have left goes with the rest; images that are whole only when told. */
  async #plannedImages(
    { home, leaving, selection }: {
      readonly home: HomeId;
      readonly leaving: ReadonlySet<string>;
      readonly selection: CleanupSelection;
    },
    signal?: AbortSignal,
  ): Promise<readonly CleanupItem[]> {
    const [{ planImageCleanup }, { planUnfinished }] = await Promise.all([
      import("./image_cleanup.ts"),
      import("./unfinished_builds.ts"),
    ]);
    const [unfinished, whole] = await Promise.all([
      selection.slugs.length > 0 ? [] : planUnfinished(this.#engine, this.#context, signal),
      selection.images === true
        ? planImageCleanup(this.#engine, this.#context, { home, leaving }, signal)
        : [],
    ]);
    const ids = new Set(whole.map(({ id }) => id));
    return [...unfinished.filter(({ id }) => !ids.has(id)), ...whole];
  }

  override async cleanup(items: readonly CleanupItem[], signal?: AbortSignal): Promise<void> {
    if (items.length === 0) return;
    const [{ ownedBy, takeInventory }, { removeItems }, { removeUnusedOuterNetwork }, { outerOf }] =
      await Promise.all([
        import("./inventory.ts"),
        import("./cleanup.ts"),
        import("./outer_network.ts"),
        import("./session.ts"),
      ]);
    const home = await findHomeId(this.#context.home);
    const ours = await takeInventory(this.#engine, ownedBy(home), signal);
    await removeItems(this.#engine, ours, items, signal);
    await this.#removeImages(items, signal);
    // Bottles that were named may have been the last: nobody would come for it.
    await removeUnusedOuterNetwork(this.#engine, outerOf(this.#context, home));
  }

  async #removeImages(items: readonly CleanupItem[], signal?: AbortSignal): Promise<void> {
    if (!items.some(({ kind }) => kind === "image")) return;
    const [{ removeImages }, { forgetGone }, { cleanupIncomplete }] = await Promise.all([
      import("./image_cleanup.ts"),
      import("./unfinished_builds.ts"),
      import("./cleanup.ts"),
    ]);
    const left = await removeImages(this.#engine, this.#context, items, signal);
    await forgetGone(this.#engine, this.#context, signal);
    if (left.length > 0) throw cleanupIncomplete(left);
  }

  #parts(plan: BottlePlan): {
    readonly engine: Engine;
    readonly context: Context;
    readonly plan: BottlePlan;
  } {
    return { engine: this.#engine, context: this.#context, plan };
  }
}
