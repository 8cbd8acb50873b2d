/** Whether this machine and the engine agree on the time: certificates are made by one and used by the other. */

import { type Finding, note, ok, problem, warning } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import type { Check } from "../scene.ts";

const WARNING_MS = 30_000;
const PROBLEM_MS = 3_600_000;

/** The check. */
export const clock: Check = {
  name: "clock",
  run: ({ docker }) =>
    Promise.resolve([
      docker === null ? notChecked(docker) : judgeClock(docker.info.time, docker.asked),
    ]),
};

/**
 * @param time the engine's, RFC 3339
 * @param asked when it was asked for and answered, by our clock: it said so in between
 */
export function judgeClock(
  time: string,
  asked: { readonly from: number; readonly to: number },
): Finding {
  const theirs = Date.parse(time);
  if (Number.isNaN(theirs)) return note("The engine does not tell its time");
  const off = theirs < asked.from ? theirs - asked.from : theirs > asked.to ? theirs - asked.to : 0;
  const facts = { skew_ms: off };
  const text = `The engine's clock is ${Math.round(Math.abs(off) / 1000)} s ${
    off < 0 ? "behind" : "ahead"
  }`;
  const fix = "Set the clocks by NTP; restart the engine's virtual machine after a sleep";
  if (Math.abs(off) >= PROBLEM_MS) {
    return problem(`${text}: certificates will not be valid`, fix, facts);
  }
  if (Math.abs(off) >= WARNING_MS) return warning(text, fix, facts);
  return ok("This machine and the engine agree on the time", facts);
}
