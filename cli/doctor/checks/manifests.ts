/** Manifests that are broken: a start tells of its own agent's only. */

import { ManifestIndex } from "../../../lib/manifest/index.ts";
import { formatPlace, type Problem } from "../../../lib/manifest/problem.ts";
import { type Finding, note, ok, warning } from "../finding.ts";
import type { Check } from "../scene.ts";

/** The check. */
export const manifests: Check = {
  name: "manifests",
  run: async ({ services: { context } }) => {
    const index = await ManifestIndex.load({ home: context.home, cwd: context.cwd });
    const agents = index.agents();
    const bottles = index.bottles();
    const broken = await index.problems();
    const findings = [
      ...index.warnings.map((text) => note(text)),
      ...broken.map(judgeProblem),
    ];
    const counts = { agents: agents.length, bottles: bottles.length };
    if (broken.length > 0) return findings;
    if (agents.length === 0) {
      return [...findings, note("No agents yet", "`bot-bottle init` writes a first one", counts)];
    }
    const text = `${count(agents.length, "agent")} and ${count(bottles.length, "bottle")}`;
    return [...findings, ok(`All manifests can be read: ${text}`, counts)];
  },
};

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** At its place. */
export function judgeProblem({ message, place, hint, code }: Problem): Finding {
  const text = `${formatPlace(place)}: ${message}`;
  const facts = { file: place.file, line: place.line ?? null, column: place.column ?? null };
  // Fine for whoever names one at the start.
  if (code === "bottle-missing") return note(text, hint ?? null, facts);
  return warning(text, hint ?? "`bot-bottle schema bottle` tells what may be there", facts);
}
