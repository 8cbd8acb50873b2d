/** What programs call instead of the command line: the same plans and bottles, with nothing printed and nothing asked. */

import { join, resolve } from "node:path";
import type { Progress } from "../backends/backend.ts";
import type { Bottle } from "../lib/bottle.ts";
import type { Context } from "../lib/context.ts";
import { BottleError } from "../lib/errors.ts";
import type { BottlePlan } from "../lib/plan/plan.ts";
import { settleRuntime } from "../lib/plan/runtime.ts";
import type { BottleSpec } from "../lib/plan/spec.ts";
import { findProvider } from "../providers/registry.ts";
import { createRun } from "../lib/process/create_run.ts";
import { createBackend } from "./backend.ts";
import { createOwnForge } from "./forge/forge.ts";
import { systemClock } from "../lib/clock.ts";
import { requireBackend } from "./session/availability.ts";
import { resolveSecrets } from "./session/values.ts";
import { silentProgress } from "./ui/silent_progress.ts";

/** What {@linkcode createHost} takes. */
export interface HostOptions {
  /** Looks a host variable up: credentials, and what a bottle forwards. Nothing else of the environment is read. */
  readonly env: (name: string) => string | undefined;
  /** Default `BOT_BOTTLE_HOME`, or `.bot-bottle` in HOME. */
  readonly home?: string;
  /** Ends whatever goes on. */
  readonly signal?: AbortSignal;
}

/**
 * The machine that bottles are started from. Needs Deno's permissions to read, to write, and to run `docker`, and `git` for a workspace.
 *
 * @throws {BottleError} `home-unknown`
 */
export function createHost(options: HostOptions): Context {
  const { env } = options;
  const cwd = Deno.cwd();
  return {
    env,
    clock: systemClock,
    run: createRun(),
    out: {
      stdout: () => undefined,
      stdoutBytes: () => undefined,
      stderr: () => undefined,
      isTerminal: { stdin: false, stdout: false, stderr: false },
      columns: () => 80,
      useColor: false,
    },
    signal: options.signal ?? new AbortController().signal,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    cwd,
    home: resolve(cwd, options.home ?? findHome(env)),
  };
}

/** `BOT_BOTTLE_HOME`, else `.bot-bottle` in the person's own folder. @throws {BottleError} `home-unknown` */
export function findHome(env: (name: string) => string | undefined): string {
  const own = env("BOT_BOTTLE_HOME");
  if (own !== undefined && own !== "") return own;
  const home = env("HOME") ?? env("USERPROFILE");
  if (home !== undefined && home !== "") return join(home, ".bot-bottle");
  throw new BottleError("Cannot tell where the home is: neither BOT_BOTTLE_HOME nor HOME is set", {
    code: "home-unknown",
    hint: "Set BOT_BOTTLE_HOME to a folder of yours",
  });
}

/**
 * Makes the plan of a bottle. Reads files; starts no program and opens no socket.
 *
 * @throws {BottleError} with all problems of the chosen agent and its bottle at once
 */
export async function prepare(spec: BottleSpec, host: Context): Promise<BottlePlan> {
  return await createBackend(host).prepare(spec);
}

/** Nothing is drawn and nothing told. */
const UNSEEN = { noColor: true, quiet: true, verbose: false } as const;

/** What {@linkcode launch} takes besides the plan. */
export interface LaunchBottleOptions {
  /** From {@linkcode createHost}. */
  readonly host: Context;
  /** Answers to the plan's `?question` variables, by variable. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Told of each step; default nobody. */
  readonly progress?: Progress;
}

/**
 * Starts a bottle: deploy keys, images, networks, bundle, provisioning, self-test. Undone on failure. Disposing the bottle removes
 * it, unless its plan says to keep it; deploy keys are removed whenever it is stopped. Those need the permission to reach their forges.
 *
 * @throws {BottleError} exit code 125 where it could not start; of the bottle's end `deploy-key-stays`
 */
export async function launch(plan: BottlePlan, options: LaunchBottleOptions): Promise<Bottle> {
  const { host, answers = {}, progress = silentProgress } = options;
  const { provision } = await import("../lib/provision/provision.ts");
  const { endDeployKeys, withGateKeys } = await import("./session/gate_keys.ts");
  const provider = await findProvider(plan.agent.provider);
  const backend = createBackend(host);
  const { runtimes } = await requireBackend(backend, host.signal);
  const secrets = await resolveSecrets(plan, { ...host, mayAsk: false });
  const services = { context: host, settings: UNSEEN, forge: createOwnForge(host) };
  return await withGateKeys(
    services,
    plan,
    { secrets, progress },
    (gateKeys) =>
      backend.launch(settleRuntime(plan, runtimes), {
        secrets,
        gateKeys,
        answers: new Map(Object.entries(answers)),
        progress,
        signal: host.signal,
        onEnd: () => endDeployKeys(services, plan.slug),
        provision: (bottle) =>
          provision(bottle, plan, provider, {
            signal: host.signal,
            host,
            step: (name) => progress.step(name),
          }),
      }),
  );
}
