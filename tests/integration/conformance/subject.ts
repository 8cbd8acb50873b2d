/** What the conformance suite is run against, and the bottles that it starts there. */

import type { Backend, LaunchOptions, Progress } from "../../../backends/backend.ts";
import type { Bottle } from "../../../lib/bottle.ts";
import type { Context } from "../../../lib/context.ts";
import { ManifestIndex, type ManifestObjects } from "../../../lib/manifest/index.ts";
import type { HomeId } from "../../../lib/names.ts";
import { homeId } from "../../../lib/names.ts";
import type { BottlePlan } from "../../../lib/plan/plan.ts";
import type { BottleSpec } from "../../../lib/plan/spec.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import type { Run } from "../../../lib/process/run.ts";
import { provision } from "../../../lib/provision/provision.ts";
import { findProvider } from "../../../providers/registry.ts";
import { systemClock } from "../../../lib/clock.ts";
import { fakeContext } from "../../support/context.ts";

/** A backend with a home of its own. Disposing removes the home and whatever of its bottles is left. */
export interface Subject extends AsyncDisposable {
  readonly backend: Backend;
  readonly context: Context;
  readonly home: HomeId;
  /** Every argv that was started. */
  readonly calls: readonly (readonly string[])[];
  /** A plan of the agent `probe`. */
  prepare(manifests?: Partial<Manifests>, spec?: Partial<BottleSpec>): Promise<BottlePlan>;
  launch(plan: BottlePlan, options?: Partial<LaunchOptions>): Promise<Bottle>;
  resume(plan: BottlePlan, options?: Partial<LaunchOptions>): Promise<Bottle>;
}

/** What a test changes of the manifests. */
export interface Manifests {
  /** Fields of the bottle besides its provider. */
  readonly bottle: ManifestObjects["bottles"][string];
  /** Fields of the agent besides its bottle. */
  readonly agent: Readonly<Record<string, unknown>>;
  readonly prompt: string;
}

/** How a subject differs from a plain one. */
export interface SubjectOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called before each program is started. */
  readonly onCall?: (argv: readonly string[]) => void;
  /** Called after each program has ended. */
  readonly onEnd?: (argv: readonly string[]) => void;
}

/** Makes a subject for a backend. */
export type SubjectFactory = (options?: SubjectOptions) => Promise<Subject>;

/** A subject around what `create` makes of a context. */
export async function createSubject(
  create: (context: Context) => Backend,
  options: SubjectOptions = {},
): Promise<Subject> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-conformance-" }));
  const calls: string[][] = [];
  const context = fakeContext({
    run: recordingRun(calls, options),
    env: (name) => options.env?.[name] ?? Deno.env.get(name),
    clock: systemClock,
    cwd: folder,
    home: folder,
  });
  const backend = create(context);
  const home = homeId(folder);
  return {
    backend,
    context,
    home,
    calls,
    prepare: (manifests, spec) => backend.prepare({ ...specOf(manifests), ...spec }),
    launch: (plan, given) => backend.launch(plan, { ...launchOptions(plan, context), ...given }),
    resume: (plan, given) => backend.resume(plan, { ...launchOptions(plan, context), ...given }),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      const left = await backend.plannedCleanup(home, { slugs: [], includeRunning: true });
      await backend.cleanup(left);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function specOf({ bottle = {}, agent = {}, prompt = "" }: Partial<Manifests> = {}): BottleSpec {
  const base = typeof bottle === "object" ? bottle : {};
  return {
    agent: "probe",
    manifest: ManifestIndex.fromObjects({
      bottles: { plain: { agent_provider: { template: "scripted" }, ...base } },
      agents: { probe: { bottle: "plain", ...agent, prompt } },
    }),
  };
}

function launchOptions(plan: BottlePlan, context: Context): LaunchOptions {
  return {
    secrets: new Map(),
    answers: new Map(),
    progress: silentProgress,
    signal: context.signal,
    provision: async (bottle) =>
      await provision(bottle, plan, await findProvider(plan.agent.provider)),
  };
}

/** Shows nothing. */
export const silentProgress: Progress = {
  step: () => ({ line: () => {}, done: () => {}, [Symbol.dispose]: () => {} }),
};

function recordingRun(calls: string[][], { onCall, onEnd }: SubjectOptions): Run {
  const real = createRun();
  const record = (argv: readonly string[]): void => {
    calls.push([...argv]);
    onCall?.(argv);
  };
  const run: Run = Object.assign(
    async (...[argv, options]: Parameters<Run>) => {
      record(argv);
      try {
        return await real(argv, options);
      } finally {
        onEnd?.(argv);
      }
    },
    {
      duplex: (...[argv, options]: Parameters<Run["duplex"]>) => {
        record(argv);
        return real.duplex(argv, options);
      },
      terminal: async (...[argv, options]: Parameters<Run["terminal"]>) => {
        record(argv);
        return await real.terminal(argv, options);
      },
    },
  );
  return run;
}
