/** The self-test of the isolation, in real bottles: under the engine's own runtime, and under gVisor where it has it. */

import { engineRuntimes, gvisorKeyOf } from "../../../backends/docker/engine_info.ts";
import type { Progress } from "../../../backends/backend.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { EngineRuntimes } from "../../../lib/plan/runtime.ts";
import type { RuntimeChoice } from "../../../lib/plan/spec.ts";
import { rememberGvisorResult } from "../../../lib/state/gvisor_tests.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import type { Check, Scene } from "../scene.ts";
import { testBottle } from "../test_bottle.ts";
import { judgeGvisor } from "./gvisor.ts";

/** Images may have to be built first, from a slow mirror. */
const LIMIT_MS = 15 * 60_000;
/** A launch is undone. */
const GRACE_MS = 60_000;

/** How a self-test went. */
export type TestEnd =
  | { readonly passed: true; readonly tookMs: number }
  | { readonly passed: false; readonly error: BottleError };

/** The check. @param progress told of each step of each launch */
export function isolation(progress: Progress): Check {
  return {
    name: "isolation",
    limitMs: LIMIT_MS,
    graceMs: GRACE_MS,
    run: async (scene, signal) => {
      const { docker, services: { context } } = scene;
      if (docker === null) return [notChecked(docker)];
      const runtimes = await engineRuntimes(docker.info, context.home);
      const own = judgeOwn(await tryBottle(scene, runtimes, undefined, progress, signal));
      if (runtimes.gvisor.kind === "unlisted") return [own];
      return [own, ...await testGvisor(scene, runtimes, progress, signal)];
    },
  };
}

/** Under the engine's own runtime. */
export function judgeOwn(end: TestEnd): Finding {
  if (end.passed) {
    return ok(
      `A bottle started in ${seconds(end.tookMs)} and holds: nothing gets out but by its allowlist`,
      { took_ms: Math.round(end.tookMs) },
    );
  }
  const { error } = end;
  const text = error.code === "self-test-failed"
    ? error.message
    : `A bottle does not start: ${error.message}`;
  return problem(text, error.hint ?? "Run doctor again with --verbose", { code: error.code });
}

/** A self-test that failed is remembered too; one that could not be made says nothing of gVisor. */
async function testGvisor(
  scene: Scene,
  runtimes: EngineRuntimes,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { docker, services: { context } } = scene;
  const key = docker === null ? undefined : gvisorKeyOf(docker.info);
  if (docker === null || key === undefined) return [];
  const end = await tryBottle(scene, runtimes, "runsc", progress, signal);
  if (!end.passed && !isVerdict(end.error)) {
    const { message, hint } = end.error;
    return [warning(`gVisor could not be tested: ${message}`, hint ?? "Try again")];
  }
  await rememberGvisorResult(context.home, {
    key,
    tested_at: context.clock.now().toISOString(),
    passed: end.passed,
    why: end.passed ? "" : end.error.message,
  });
  return judgeGvisor(await engineRuntimes(docker.info, context.home));
}

/** Whether an error is gVisor's doing: the self-test's, or an engine that can't start a container under it. */
export function isVerdict({ code }: Pick<BottleError, "code">): boolean {
  return code === "self-test-failed" || code === "docker-failed" || code === "seal-failed" ||
    code === "container-not-running";
}

async function tryBottle(
  { services: { context } }: Scene,
  runtimes: EngineRuntimes,
  runtime: RuntimeChoice | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<TestEnd> {
  try {
    const tookMs = await testBottle(context, {
      runtimes,
      progress,
      signal,
      ...(runtime === undefined ? {} : { runtime }),
    });
    return { passed: true, tookMs };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BottleError) return { passed: false, error };
    throw error;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
