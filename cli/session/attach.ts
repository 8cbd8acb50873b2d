/** `attach` and `exec`: into a running bottle, which goes on afterwards. */

import type { Services } from "../command.ts";
import { leaveKeeper } from "./leave_keeper.ts";
import { openBottle } from "./open.ts";
import { workInteractively } from "./work.ts";

/** Starts the agent program again with the person's terminal; returns its exit code. */
export async function attach(services: Services, name: string): Promise<number> {
  const { bottle, state, env, hasKeeper } = await openBottle(services, name);
  try {
    if (!hasKeeper) await leaveKeeper(services, services.keepers.start(state.slug), env);
    await services.states.update(state.slug, ({ sessions }) => ({ sessions: sessions + 1 }));
    const { signal } = services.context;
    const isContinued = state.sessions > 0;
    return (await workInteractively(bottle, { isContinued, env, signal })).exitCode;
  } finally {
    await bottle.control[Symbol.asyncDispose]();
  }
}

/** Runs a command with this process's own stdio; returns its exit code. */
export async function execIn(
  services: Services,
  name: string,
  argv: readonly string[],
): Promise<number> {
  const { bottle, env } = await openBottle(services, name);
  try {
    const cwd = bottle.plan.agent.workFolder;
    return await bottle.attach(argv, { env, cwd, signal: services.context.signal });
  } finally {
    await bottle.control[Symbol.asyncDispose]();
  }
}
