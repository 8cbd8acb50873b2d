/** `start` and `run`: a new bottle, from the question to its end. */

import { badUsage } from "../usage.ts";
import type { Bottle } from "../../lib/bottle.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import { settleRuntime } from "../../lib/plan/runtime.ts";
import type { Services } from "../command.ts";
import { createProgress } from "../ui/progress.ts";
import { agree, type Agreement, askForSecrets, askForValues, refuseUntrusted } from "./agree.ts";
import { requireBackend } from "./availability.ts";
import type { Ending } from "./end.ts";
import { detach, launchNew } from "./launch.ts";
import { type BottleRequest, prepareBottle } from "./prepare.ts";
import { carryOut } from "./session.ts";
import { workHeadlessly, workInteractively } from "./work.ts";

/** What `start` is asked to do. */
export interface StartOptions extends Agreement {
  readonly request: BottleRequest;
  readonly dryRun: boolean;
  readonly detach: boolean;
}

/** What came of it. */
export type Started =
  | { readonly kind: "planned"; readonly plan: BottlePlan }
  | { readonly kind: "declined" }
  | { readonly kind: "detached"; readonly slug: Slug }
  | { readonly kind: "ended"; readonly ending: Ending };

/** Starts a bottle and gives the person's terminal to its agent. */
export async function start(services: Services, options: StartOptions): Promise<Started> {
  const { context, states } = services;
  const backend = await services.backend();
  const request = options.detach ? { ...options.request, keep: true } : options.request;
  if (options.dryRun) {
    return { kind: "planned", plan: await prepareBottle(context, backend, request) };
  }
  if (!options.detach) requireTerminal(services);
  const { runtimes } = await requireBackend(backend, context.signal);
  const plan = settleRuntime(await prepareBottle(context, backend, request), runtimes);
  if (!await agree(services, plan, options)) return { kind: "declined" };

  const bottle = await launch(services, plan, request, { mayAsk: true });
  if (options.detach) {
    await detach(services, bottle, "new");
    return { kind: "detached", slug: plan.slug };
  }
  await states.update(plan.slug, { sessions: 1 });
  const work = (bottle: Bottle): ReturnType<typeof workInteractively> =>
    workInteractively(bottle, { isContinued: false, signal: context.signal });
  return { kind: "ended", ending: await carryOut(services, bottle, work, { isInteractive: true }) };
}

/** What `run` is asked to do. */
export interface RunOptions extends Pick<Agreement, "trustRepository"> {
  readonly request: BottleRequest;
  readonly prompt: string;
  readonly timeoutMs?: number;
}

/** Starts a bottle, runs its agent on one prompt, and ends it. Asks nothing. */
export async function run(services: Services, options: RunOptions): Promise<Ending> {
  const { context } = services;
  const backend = await services.backend();
  const { runtimes } = await requireBackend(backend, context.signal);
  const plan = settleRuntime(await prepareBottle(context, backend, options.request), runtimes);
  refuseUntrusted(plan, options);
  const bottle = await launch(services, plan, options.request, { mayAsk: false });
  return await carryOut(
    services,
    bottle,
    (bottle) =>
      workHeadlessly(bottle, {
        context,
        prompt: options.prompt,
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      }),
    { isInteractive: false },
  );
}

/** @throws {BottleError} `usage` where there is no terminal to attach to */
export function requireTerminal(services: Services): void {
  if (services.context.out.isTerminal.stdin && services.context.out.isTerminal.stdout) return;
  throw badUsage(
    "Cannot attach to the agent: stdin or stdout is not a terminal",
    "Pass --detach, or use `bot-bottle run` with a prompt",
  );
}

async function launch(
  services: Services,
  plan: BottlePlan,
  request: BottleRequest,
  { mayAsk }: { readonly mayAsk: boolean },
): Promise<Bottle> {
  const secrets = await askForSecrets(services, plan, mayAsk);
  const answers = await askForValues(services, plan);
  using progress = createProgress(services.context, services.settings);
  return await launchNew(services, plan, request, { secrets, answers, progress });
}
