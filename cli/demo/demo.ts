/** `demo`: a real bottle, a few things tried in it, and everything removed. It is also a check: a step that does not go as told fails it. */

import { createHash } from "node:crypto";
import { ensureBundleImage } from "../../backends/bundle/image.ts";
import { createEngine } from "../../backends/engine/engine.ts";
import type { Bottle } from "../../lib/bottle.ts";
import { BottleError } from "../../lib/errors.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { makePlaceholder, makeSlug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import { StateStore } from "../../lib/state/store.ts";
import { findHomeId } from "../../lib/home_id.ts";
import { createBackend } from "../backend.ts";
import type { Services } from "../command.ts";
import { noKeepers } from "../keeper/keepers.ts";
import { ledgerRows } from "../session/audit_export.ts";
import { requireBackend } from "../session/availability.ts";
import { launchNew } from "../session/launch.ts";
import { type BottleRequest, prepareBottle } from "../session/prepare.ts";
import { resolveSecrets } from "../session/values.ts";
import { createProgress } from "../ui/progress.ts";
import { makeDemoHome } from "./home.ts";
import { type DemoStep, demoSteps } from "./steps.ts";
import { makeIdentity, startUpstream, UPSTREAM_HOST } from "./upstream.ts";

/** How a step went. */
export interface StepReport {
  readonly step: DemoStep;
  /** What the guest's command printed, stdout and stderr. */
  readonly output: string;
  /** Undefined: as told. */
  readonly problem: string | undefined;
}

/** Who is told, while it goes on. */
export interface DemoAudience {
  onPlan(plan: BottlePlan): void;
  onStep(report: StepReport, number: number): void;
  onAudit(rows: readonly LedgerRow[]): void;
}

/**
 * Runs the demo; returns how many steps did not go as told.
 *
 * @throws {BottleError} where it could not get that far
 */
export async function runDemo(services: Services, audience: DemoAudience): Promise<number> {
  try {
    return await runInOwnHome(services, audience);
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "image-build-failed") throw error;
    // The log that the error names is gone with the demo's home.
    const { code, exitCode, details } = error;
    const hint = "`bot-bottle demo --verbose` shows the whole output";
    throw new BottleError(error.message, { code, exitCode, details, hint, cause: error });
  }
}

async function runInOwnHome(services: Services, audience: DemoAudience): Promise<number> {
  const { context } = services;
  const slug = makeSlug("demo", context.random);
  const token = `demo-token-${context.random(16).toHex()}`;
  const gitToken = `demo-git-token-${context.random(16).toHex()}`;
  const identity = await makeIdentity(context.clock.now());
  await using home = await makeDemoHome({
    context,
    token,
    gitToken,
    caPem: identity.caPem,
    placeholder: makePlaceholder("", slug, context.random),
  });
  const backend = createBackend(home.context);
  const own: Services = {
    ...services,
    context: home.context,
    states: new StateStore(home.folder),
    // It ends with this program, or with the next cleanup.
    keepers: noKeepers,
    backend: () => Promise.resolve(backend),
  };
  const { signal } = context;
  await requireBackend(backend, signal);
  const engine = createEngine(home.context);
  using progress = createProgress(home.context, services.settings);

  await using undo = new AsyncDisposableStack();
  undo.defer(() => removeAll(own));
  services.leftovers.add("the demo: `bot-bottle cleanup` removes it");
  using imageStep = progress.step("Bundle image");
  const image = await ensureBundleImage(home.context, engine, {
    signal,
    onLine: (line) => imageStep.line(line),
  });
  imageStep.done();
  using upstreamStep = progress.step("Upstream of the demo");
  const homeId = await findHomeId(home.folder);
  const upstream = undo.use(
    await startUpstream({ engine, image, slug, homeId, identity, gitToken, signal }),
  );
  upstreamStep.done(`${UPSTREAM_HOST} at ${upstream.address}`);

  const request: BottleRequest = {
    agent: "demo",
    slug,
    bundleNetworks: [{ name: upstream.network, hosts: [UPSTREAM_HOST] }],
  };
  const plan = await prepareBottle(home.context, backend, request);
  undo.defer(async () => void await engine.raw(["image", "rm", "--no-prune", plan.image]));
  audience.onPlan(plan);
  const secrets = await resolveSecrets(plan, { ...home.context, mayAsk: false });
  const bottle = undo.use(
    await launchNew(own, plan, request, { secrets, answers: new Map(), progress }),
  );
  const steps = demoSteps({
    tokens: [token, gitToken],
    credentialSha256: createHash("sha256").update(`Bearer ${token}`).digest("hex"),
    address: upstream.address,
  });
  const failed = await walk(bottle, steps, audience, signal);
  audience.onAudit(await Array.fromAsync(ledgerRows(bottle.control)));
  await undo.disposeAsync();
  services.leftovers.clear();
  return failed;
}

async function walk(
  bottle: Bottle,
  steps: readonly DemoStep[],
  audience: DemoAudience,
  signal: AbortSignal,
): Promise<number> {
  let failed = 0;
  for (const [index, step] of steps.entries()) {
    const result = await bottle.exec(["bash", "-c", step.script], { signal, timeoutMs: 60_000 });
    const problem = step.judge(result);
    if (problem !== undefined) failed++;
    audience.onStep({ step, output: result.stdout + result.stderr, problem }, index + 1);
  }
  return failed;
}

/** Whatever of this home is left, also after a launch that broke off: the home goes next, and with it the way to find things. */
async function removeAll(services: Services): Promise<void> {
  const backend = await services.backend();
  const home = await findHomeId(services.context.home);
  const signal = AbortSignal.timeout(60_000);
  const items = await backend.plannedCleanup(home, { slugs: [], includeRunning: true }, signal);
  await backend.cleanup(items, signal);
}
