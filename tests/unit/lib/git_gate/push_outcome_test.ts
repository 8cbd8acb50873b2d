import assert from "node:assert/strict";
import {
  type AskedPush,
  blockedOutcome,
  forwardedOutcome,
} from "../../../../lib/git_gate/push_outcome.ts";

const asked: AskedPush = {
  commands: ["refs/heads/a", "refs/heads/b"].map((ref) => ({
    ref,
    old: "0".repeat(40),
    new: "a".repeat(40),
  })),
  size: { objects: 3, bytes: 400 },
};

Deno.test("blockedOutcome tells each ref's own reason, and the first's for the others", () => {
  const outcome = blockedOutcome(asked, [
    { reason: "push-ref", ref: "refs/heads/b", why: "no" },
    { reason: "push-too-big", why: "big" },
  ]);
  assert.deepEqual([outcome.verdict, outcome.reason, outcome.detail], [
    "blocked",
    "push-ref",
    "refs/heads/b: no",
  ]);
  assert.deepEqual(outcome.refs?.map(({ accepted, reason }) => [accepted, reason]), [
    [false, "push-ref"],
    [false, "push-ref"],
  ]);
  assert.equal(outcome.bytesUp, undefined);
  assert.equal(blockedOutcome(asked, [{ reason: "push-too-big", why: "big" }]).detail, "big");
});

Deno.test("forwardedOutcome is allowed where the upstream took every ref", () => {
  const answers = asked.commands.map(({ ref }) => ({ ref, refusal: undefined }));
  const outcome = forwardedOutcome(asked, answers);
  assert.deepEqual([outcome.verdict, outcome.reason, outcome.bytesUp], ["allowed", undefined, 400]);
  assert.ok(outcome.refs?.every(({ accepted }) => accepted));
});

Deno.test("forwardedOutcome tells what the upstream refused, and what it never heard of", () => {
  const outcome = forwardedOutcome(asked, [
    { ref: "refs/heads/a", refusal: "hook declined", reason: "upstream-refused" },
  ]);
  assert.deepEqual([outcome.verdict, outcome.reason, outcome.detail], [
    "failed",
    "upstream-refused",
    "refs/heads/a: hook declined",
  ]);
  assert.deepEqual(outcome.refs?.map(({ reason }) => reason), [
    "upstream-refused",
    "push-malformed",
  ]);
});
