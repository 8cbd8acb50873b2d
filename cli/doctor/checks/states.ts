/** What the home remembers of bottles: states that can't be read, launches that never ended. */

import { BottleError } from "../../../lib/errors.ts";
import type { Slug } from "../../../lib/names.ts";
import type { KnownStates } from "../../../lib/state/store.ts";
import type { Services } from "../../command.ts";
import { type Finding, ok, warning } from "../finding.ts";
import type { Check } from "../scene.ts";

/** The check. */
export const states: Check = {
  name: "states",
  run: async ({ services }) => {
    const known = await services.states.all();
    const launching = known.states.filter(({ phase }) => phase === "launching");
    const dead = await Promise.all(
      launching.map(async ({ slug }) => await isFree(services, slug) ? [slug] : []),
    );
    return judgeStates(known, dead.flat());
  },
};

/** Whether no other command is at work on the bottle. */
async function isFree({ states }: Services, slug: Slug): Promise<boolean> {
  try {
    using _lock = await states.lock(slug);
    return true;
  } catch (error) {
    if (error instanceof BottleError && error.code === "bottle-busy") return false;
    throw error;
  }
}

/** @param dead bottles whose launch nobody carries on */
export function judgeStates(known: KnownStates, dead: readonly string[]): readonly Finding[] {
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
  ];
  if (findings.length > 0) return findings;
  const count = known.states.length;
  return [ok(count === 0 ? "No bottles are remembered" : `${count} bottles are remembered`, {
    states: count,
  })];
}
