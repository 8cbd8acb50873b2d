/** What keeps an agent's work from leaving its quarantine. */

import { BottleError } from "../../lib/errors.ts";
import { type Acceptable, blocking, type Finding } from "../../lib/workspace/findings.ts";
import { findingLines } from "../ui/work_text.ts";

/**
 * Refuses what could harm.
 *
 * @param accepted what the person takes all the same
 * @param outcome what did not happen, a sentence
 * @throws {BottleError} `paths-refused`
 */
export function refuseBlocked(
  findings: readonly Finding[],
  accepted: ReadonlySet<Acceptable>,
  outcome: string,
): void {
  const blockers = blocking(findings, accepted);
  if (blockers.length === 0) return;
  const isFinal = blockers.some(({ kind }) => kind === "unsafe");
  const kinds = [...new Set(blockers.map(({ kind }) => kind))];
  throw new BottleError("The agent's work holds what could harm this machine", {
    code: "paths-refused",
    details: findingLines(blockers),
    hint: isFinal
      ? `${outcome}. Have the agent take it out of its commits`
      : `${outcome}. Look at it with \`bot-bottle diff\` on a terminal; if it is meant, pass --accept ${
        kinds.join(",")
      }`,
  });
}
