/** What became of a push, as the audit keeps it. */

import type { GitOutcome } from "./push_row.ts";
import type { PushedRef, PushFinding } from "./push_record.ts";
import { type GateReason, gateReasons } from "./reason.ts";
import type { RefCommand } from "./ref_command.ts";
import type { RepoRules } from "./config.ts";
import { shown } from "./push_report.ts";
import { type PushSize, type Refusal, tooManyBytes } from "./rules.ts";
import type { UnpackFault } from "./trace.ts";

/** What was asked for. */
export interface AskedPush {
  readonly commands: readonly RefCommand[];
  readonly size: PushSize;
}

/** An answer for one ref; without a reason it was taken. */
export interface RefAnswer {
  readonly ref: string;
  readonly refusal: string | undefined;
  readonly reason?: GateReason;
}

/** The gate said no. @param refusals why, one at least; the first counts most */
export function blockedOutcome(
  asked: AskedPush,
  refusals: readonly [Refusal, ...Refusal[]],
  findings: readonly PushFinding[] = [],
): GitOutcome {
  const [first] = refusals;
  const reasons = new Map(refusals.map(({ ref, reason }) => [ref, reason]));
  return {
    verdict: "blocked",
    reason: first.reason,
    detail: first.ref === undefined ? first.why : `${first.ref}: ${first.why}`,
    refs: asked.commands.map((command): PushedRef => ({
      ...command,
      accepted: false,
      reason: reasons.get(command.ref) ?? first.reason,
    })),
    findings,
    objects: asked.size.objects,
  };
}

/** Where these are why, the pack has stayed. */
const UNSENT: ReadonlySet<GateReason> = new Set([
  "push-too-big",
  "push-malformed",
  "upstream-host-key",
  "upstream-denied",
]);

/** It went on to the upstream. A ref without an answer is one that git in the gate had no objects for. */
export function forwardedOutcome(asked: AskedPush, answers: readonly RefAnswer[]): GitOutcome {
  const byRef = new Map(answers.map((answer) => [answer.ref, answer]));
  const refs = asked.commands.map((command): PushedRef => {
    const answer = byRef.get(command.ref);
    return answer !== undefined && answer.reason === undefined
      ? { ...command, accepted: true }
      : { ...command, accepted: false, reason: answer?.reason ?? "push-malformed" };
  });
  const refused = refs.find(({ accepted }) => !accepted);
  const isSent = refs.some(({ reason }) => reason === undefined || !UNSENT.has(reason));
  const outcome = {
    refs,
    objects: asked.size.objects,
    bytesUp: isSent ? asked.size.bytes : 0,
  };
  if (refused === undefined) return { verdict: "allowed", ...outcome };
  const { ref, reason = "upstream-refused" } = refused;
  const detail = `${ref}: ${byRef.get(ref)?.refusal ?? gateReasons[reason]}`;
  return { verdict: "failed", reason, detail, ...outcome };
}

/** The gate ended while it went on: what the upstream has taken nobody has heard. */
export function lostOutcome(asked: AskedPush): GitOutcome {
  const detail = "The gate ended while the push went on: the upstream may have taken it";
  return { ...brokenOff(asked, detail), bytesUp: asked.size.bytes };
}

/** How a push ended of which the hooks have nothing to tell. */
export interface UnjudgedEnd {
  /** The pusher went away. */
  readonly isCut: boolean;
  /** Whether git came as far as its first hook. */
  readonly hasBegun: boolean;
  /** Exit code and stderr of the git that served it. */
  readonly code: number;
  readonly stderr: string;
  readonly fault: UnpackFault | undefined;
  readonly rules: RepoRules;
}

/** What became of it; undefined: nothing was asked for. */
export function unjudgedOutcome(asked: AskedPush, end: UnjudgedEnd): GitOutcome | undefined {
  const { isCut, hasBegun, code, stderr, fault, rules } = end;
  if (isCut) return brokenOff(asked, "The pusher went away, or sent nothing for too long");
  if (fault?.isTooBig === true) return blockedOutcome(asked, [tooManyBytes(rules)]);
  if (fault === undefined && code === 0 && !hasBegun) return undefined;
  const [first = ""] = stderr.split("\n", 1);
  const why = fault?.what ?? (shown(first) || "git took none of its refs");
  return blockedOutcome(asked, [{ reason: "push-malformed", why }]);
}

function brokenOff({ commands, size }: AskedPush, detail: string): GitOutcome {
  const refs = commands.map((command): PushedRef => ({ ...command, accepted: false }));
  return { verdict: "failed", reason: "push-cut", detail, refs, objects: size.objects };
}
