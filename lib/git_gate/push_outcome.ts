/** What became of a push, as the audit keeps it. */

import type { GitOutcome } from "./push_row.ts";
import type { PushedRef, PushFinding } from "./push_record.ts";
import { type GateReason, gateReasons } from "./reason.ts";
import type { RefCommand } from "./ref_command.ts";
import type { PushSize, Refusal } from "./rules.ts";

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
  const outcome = { refs, objects: asked.size.objects, bytesUp: asked.size.bytes };
  if (refused === undefined) return { verdict: "allowed", ...outcome };
  const { ref, reason = "upstream-refused" } = refused;
  const detail = `${ref}: ${byRef.get(ref)?.refusal ?? gateReasons[reason]}`;
  return { verdict: "failed", reason, detail, ...outcome };
}
