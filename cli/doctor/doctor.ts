/** `doctor`: looks at everything that a bottle depends on, side by side. */

import { engineInfo } from "../../backends/docker/engine_info.ts";
import { bundleAssets } from "../../backends/bundle/assets.ts";
import { bundleTag, ensureBundleImage } from "../../backends/bundle/image.ts";
import { createEngine, type Engine } from "../../backends/engine/engine.ts";
import { hasImage } from "../../backends/engine/image.ts";
import type { Progress } from "../../backends/backend.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Services } from "../command.ts";
import { clock } from "./checks/clock.ts";
import { deployKeys } from "./checks/deploy_keys.ts";
import { disk } from "./checks/disk.ts";
import { engine } from "./checks/engine.ts";
import { extraCa } from "./checks/extra_ca.ts";
import { gvisor } from "./checks/gvisor.ts";
import { isolation } from "./checks/isolation.ts";
import { limits } from "./checks/limits.ts";
import { manifests } from "./checks/manifests.ts";
import { seal } from "./checks/seal.ts";
import { states } from "./checks/states.ts";
import { subnets } from "./checks/subnets.ts";
import { upstreamProxy } from "./checks/upstream_proxy.ts";
import { versions } from "./checks/versions.ts";
import type { CheckedFinding } from "./finding.ts";
import { runCheck } from "./run_check.ts";
import type { Check, EngineScene, Scene } from "./scene.ts";

/** In the order in which they are shown. */
const CHECKS: readonly Check[] = [
  versions,
  engine,
  clock,
  disk,
  extraCa,
  upstreamProxy,
  subnets,
  limits,
  seal,
  gvisor,
  manifests,
  states,
  deployKeys,
];

/** What `doctor` is asked for. */
export interface DoctorOptions {
  /** Start a real bottle, which may build images first. */
  readonly selfTest: boolean;
  readonly progress: Progress;
}

/** How long the engine may take to say what it is. */
const INFO_MS = 15_000;

/** All findings, in the checks' order. @throws the signal's reason, once nothing is left */
export async function examine(
  services: Services,
  { selfTest, progress }: DoctorOptions,
): Promise<readonly CheckedFinding[]> {
  const { signal } = services.context;
  const scene: Scene = { services, docker: await meetEngine(services, selfTest, progress) };
  // Once the self-test has tested gVisor it tells of it: what is remembered until then is old.
  const isTested = selfTest && scene.docker?.info.runtimes["runsc"] !== undefined;
  const looks = isTested ? CHECKS.filter((check) => check !== gvisor) : CHECKS;
  const checks = selfTest ? [...looks, isolation(progress)] : looks;
  const results = await Promise.allSettled(checks.map((check) => runCheck(check, scene, signal)));
  signal.throwIfAborted();
  return results.flatMap((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** Null where there is no engine to use: its own check says why. */
async function meetEngine(
  services: Services,
  selfTest: boolean,
  progress: Progress,
): Promise<EngineScene | null> {
  const { context } = services;
  const engine = createEngine(context);
  const limit = AbortSignal.any([context.signal, AbortSignal.timeout(INFO_MS)]);
  try {
    if (!(await (await services.backend()).availability(limit)).usable) return null;
    const from = context.clock.now().getTime();
    const info = await engineInfo(engine, limit);
    const asked = { from, to: context.clock.now().getTime() };
    return { engine, info, asked, image: await findImage(services, engine, selfTest, progress) };
  } catch {
    context.signal.throwIfAborted();
    return null;
  }
}

/** A build that fails is told of by the self-test, which needs it too. */
async function findImage(
  { context }: Services,
  engine: Engine,
  mayBuild: boolean,
  progress: Progress,
): Promise<string | null> {
  const { signal } = context;
  try {
    if (!mayBuild) {
      const tag = bundleTag(await bundleAssets(context, signal));
      return await hasImage(engine, tag, signal) ? tag : null;
    }
    using step = progress.step("Bundle image");
    const tag = await ensureBundleImage(context, engine, {
      signal,
      onLine: (line) => step.line(line),
    });
    step.done();
    return tag;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BottleError) return null;
    throw error;
  }
}
