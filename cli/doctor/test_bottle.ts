/** A real bottle, started, self-tested and removed. */

import type { Backend, Progress } from "../../backends/backend.ts";
import type { Context } from "../../lib/context.ts";
import { findHomeId } from "../../lib/home_id.ts";
import { type EngineRuntimes, settleRuntime } from "../../lib/plan/runtime.ts";
import type { RuntimeChoice } from "../../lib/plan/spec.ts";
import { provision } from "../../lib/provision/provision.ts";
import { findProvider } from "../../providers/registry.ts";
import { createBackend } from "../backend.ts";
import { prepareBottle } from "../session/prepare.ts";
import { makeTestHome, TEST_AGENT } from "./home.ts";

/** What {@linkcode testBottle} needs. */
export interface TestBottleOptions {
  readonly runtimes: EngineRuntimes;
  /** Absent: the engine's own. */
  readonly runtime?: RuntimeChoice;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Default the real backend. */
  readonly makeBackend?: (context: Context) => Backend;
}

const REMOVE_MS = 60_000;

/**
 * Starts a bottle that reaches nothing, has the launch test its isolation, and removes it. Whatever becomes of it, nothing
 * stays but the images.
 *
 * @returns how long it took from the first container to the end of the self-test, in milliseconds
 * @throws {BottleError} `self-test-failed`, or why it did not start
 */
export async function testBottle(context: Context, options: TestBottleOptions): Promise<number> {
  const { progress, signal, runtime, makeBackend = createBackend } = options;
  await using home = await makeTestHome(context);
  const own = { ...home.context, signal };
  const backend = makeBackend(own);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => removeAll(own, backend));
  const asked = await prepareBottle(own, backend, {
    agent: TEST_AGENT,
    ...(runtime === undefined ? {} : { runtime }),
  });
  // Without a wish it is the engine's own that is tested, whatever is remembered.
  const plan = settleRuntime(asked, { ...options.runtimes, gvisor: { kind: "unlisted" } });
  const provider = await findProvider(plan.agent.provider);
  const from = performance.now();
  const bottle = undo.use(
    await backend.launch(plan, {
      secrets: new Map(),
      answers: new Map(),
      progress,
      signal,
      provision: (bottle) => provision(bottle, plan, provider, { signal }),
    }),
  );
  const took = performance.now() - from;
  await bottle[Symbol.asyncDispose]();
  return took;
}

/** Also after a launch that broke off: the home goes next, and with it the way to find things. */
async function removeAll(context: Context, backend: Backend): Promise<void> {
  const home = await findHomeId(context.home);
  const signal = AbortSignal.timeout(REMOVE_MS);
  const items = await backend.plannedCleanup(home, { slugs: [], includeRunning: true }, signal);
  await backend.cleanup(items, signal);
}
