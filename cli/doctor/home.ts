/** The self-test's own home: a folder that is gone afterwards. */

import { join } from "node:path";
import type { Context } from "../../lib/context.ts";
import { makeThrowaway } from "../../lib/state/throwaway.ts";

/** A throw-away home with one agent; disposing removes it. */
export interface TestHome extends AsyncDisposable {
  /** The person's context, with this home. */
  readonly context: Context;
}

/** The agent's name in it. */
export const TEST_AGENT = "doctor";

const BOTTLE = `---
agent_provider: { template: scripted }
resources: { cpus: 1, memory: 256m, pids: 128 }
---
The self-test's bottle: no route, no credential.
`;

/** Makes it. */
export async function makeTestHome(context: Context): Promise<TestHome> {
  await using undo = new AsyncDisposableStack();
  const { folder } = undo.use(await makeThrowaway(context.home));
  for (const part of ["bottles", "agents"]) await Deno.mkdir(join(folder, part));
  await Deno.writeTextFile(join(folder, "bottles", `${TEST_AGENT}.md`), BOTTLE);
  await Deno.writeTextFile(
    join(folder, "agents", `${TEST_AGENT}.md`),
    `---\nbottle: ${TEST_AGENT}\n---\n`,
  );
  const owned = undo.move();
  return {
    // Not in the home, which may lie in a repository.
    context: { ...context, home: folder, cwd: "/" },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
