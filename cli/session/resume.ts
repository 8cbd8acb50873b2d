/** `resume`: a kept bottle goes on. */

import type { Backend } from "../../backends/backend.ts";
import type { Context } from "../../lib/context.ts";
import { BottleError } from "../../lib/errors.ts";
import { parseSlug } from "../../lib/names.ts";
import { findHomeId } from "../../lib/home_id.ts";
import type { BottleState } from "../../lib/state/state.ts";
import { settleRuntime } from "../../lib/plan/runtime.ts";
import type { Services } from "../command.ts";
import { createProgress } from "../ui/progress.ts";
import { isRestarted } from "./agent_start.ts";
import { agree, type Agreement, askForSecrets, askForValues, refuseUntrusted } from "./agree.ts";
import { requireBackend } from "./availability.ts";
import { consentDigest } from "./consent.ts";
import { detach, launchKept } from "./launch.ts";
import { prepareBottle, requestOf, requestOfKept } from "./prepare.ts";
import { carryOut } from "./session.ts";
import { requireTerminal, type Started } from "./start.ts";
import { workInteractively } from "./work.ts";

/** What `resume` is asked to do. */
export interface ResumeOptions extends Agreement {
  readonly slug: string;
  readonly detach: boolean;
}

/**
 * Prepares the bottle again under its old name. What the person agreed to at the start is not asked again; what has changed
 * since is.
 */
export async function resume(
  services: Services,
  options: ResumeOptions,
): Promise<Exclude<Started, { kind: "planned" }>> {
  const { context, states } = services;
  const state = await states.read(parseSlug(options.slug));
  if (!options.detach) requireTerminal(services);
  const backend = await services.backend();
  const { runtimes } = await requireBackend(backend, context.signal);
  await refuseRunning(services, backend, state);
  const plan = settleRuntime(
    await prepareBottle(context, backend, requestOfKept(state)),
    runtimes,
    true,
  );
  await tellImage(services, backend, state);
  if (consentDigest(plan) !== state.consent) {
    context.out.stderr("The manifests have changed since this bottle was started:\n");
    if (!await agree(services, plan, options)) return { kind: "declined" };
  } else if (options.yes) {
    refuseUntrusted(plan, options);
  }

  const secrets = await askForSecrets(services, plan, true);
  const answers = await askForValues(services, plan);
  using progress = createProgress(context, services.settings);
  const bottle = await launchKept(services, plan, { secrets, answers, progress });
  if (options.detach) {
    await detach(services, bottle, "kept");
    return { kind: "detached", slug: plan.slug };
  }
  await states.update(plan.slug, { sessions: state.sessions + 1 });
  const ending = await carryOut(
    services,
    bottle,
    (bottle) =>
      workInteractively(bottle, { isContinued: state.sessions > 0, signal: context.signal }),
    { isInteractive: true },
  );
  return { kind: "ended", ending };
}

/** A kept bottle keeps its files: what its image has become since is for the next one. */
async function tellImage(
  { context }: Services,
  backend: Backend,
  state: BottleState,
): Promise<void> {
  const image = await imageOfNow(context, backend, state);
  if (image === null || state.image_used === null || image === state.image_used) return;
  context.out.stderr(
    `A bottle that is started now has the image "${image}"; this one keeps its files, of "${state.image_used}". ` +
      `For the new image: \`bot-bottle start ${state.agent}\`\n`,
  );
}

/** Null where a new bottle would get none: what has become of a Dockerfile is no matter of this one. */
async function imageOfNow(
  context: Context,
  backend: Backend,
  state: BottleState,
): Promise<string | null> {
  try {
    return (await prepareBottle(context, backend, requestOf(state))).image;
  } catch (error) {
    if (error instanceof BottleError) return null;
    throw error;
  }
}

/** A bundle takes its configuration once: to resume a bottle that works would end what goes on in it. */
async function refuseRunning(
  services: Services,
  backend: Backend,
  state: BottleState,
): Promise<void> {
  const { home, signal } = services.context;
  const { slug } = state;
  const bottles = await backend.list(await findHomeId(home), signal);
  const found = bottles.find((bottle) => bottle.slug === slug);
  if (found?.state !== "running" || isRestarted(found, state)) return;
  throw new BottleError(`The bottle "${slug}" runs already`, {
    code: "bottle-running",
    hint: `Enter it with \`bot-bottle attach ${slug}\``,
  });
}
