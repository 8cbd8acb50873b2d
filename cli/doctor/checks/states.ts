/** What the home remembers of bottles: states that can't be read, launches that never ended. */

import { findHomeId } from "../../../lib/home_id.ts";
import type { KnownStates } from "../../../lib/state/store.ts";
import type { Services } from "../../command.ts";
import { type Finding, note, ok, warning } from "../finding.ts";
import type { Check } from "../scene.ts";

/** The check. */
export const states: Check = {
  name: "states",
  run: async ({ services }) => {
    const known = await services.states.all();
    const lost = await withoutKeeper(services, known);
    const launching = known.states.filter(({ phase }) => phase === "launching");
    const dead = await Promise.all(
      launching.map(async ({ slug }) => await services.states.isLocked(slug) ? [] : [slug]),
    );
    return judgeStates(known, dead.flat(), lost);
  },
};

/** Bottles that run, and whose keeper does not answer; null: the engine can't tell which run. */
async function withoutKeeper(
  { backend, keepers, context }: Services,
  known: KnownStates,
): Promise<readonly string[] | null> {
  const { signal, home } = context;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ENGINE_MS)]);
  const bottles = await (await backend()).list(await findHomeId(home), limit).catch(() => null);
  signal.throwIfAborted();
  if (bottles === null) return known.states.length === 0 ? [] : null;
  const running = new Set<string>(
    bottles.filter(({ state }) => state === "running").map(({ slug }) => slug),
  );
  const lost = await Promise.all(
    known.states.filter(({ slug, phase }) => phase === "running" && running.has(slug)).map(
      async ({ slug }) => await keepers.ask(slug, "status", limit) === undefined ? [slug] : [],
    ),
  );
  return lost.flat();
}

/** How long the engine may take to tell which bottles run. */
const ENGINE_MS = 10_000;

/**
 * @param dead bottles whose launch nobody carries on
 * @param lost bottles that run without a keeper; null: unknown
 */
export function judgeStates(
  known: KnownStates,
  dead: readonly string[],
  lost: readonly string[] | null,
): readonly Finding[] {
  const findings = [
    ...known.corrupted.map(({ name, file, why }) =>
      warning(
        `The state of "${name}" can't be read: ${why}`,
        "`bot-bottle cleanup` removes it, with what the bottle left in the engine",
        { name, file },
      )
    ),
    ...dead.map((slug) =>
      warning(
        `The launch of "${slug}" was broken off`,
        `\`bot-bottle cleanup ${slug}\` removes what it left`,
        { slug },
      )
    ),
    ...(lost ?? []).map((slug) =>
      warning(
        `"${slug}" runs without its keeper: its isolation is as it was, but nobody watches over it`,
        `\`bot-bottle attach ${slug}\` starts another`,
        { slug },
      )
    ),
    ...(lost === null
      ? [note("Which bottles have a keeper can't be told: there is no engine to ask")]
      : []),
  ];
  if (findings.length > 0) return findings;
  const count = known.states.length;
  const text = count === 1
    ? "1 bottle is remembered"
    : `${count === 0 ? "No" : count} bottles are remembered`;
  return [ok(text, { states: count })];
}
