import assert from "node:assert/strict";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import {
  type AskedPush,
  blockedOutcome,
  forwardedOutcome,
  lostOutcome,
  type UnjudgedEnd,
  unjudgedOutcome,
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

Deno.test("forwardedOutcome counts no bytes where the upstream never got to them", () => {
  const bytes = (reason: "upstream-host-key" | "upstream-down"): number | undefined =>
    forwardedOutcome(asked, asked.commands.map(({ ref }) => ({ ref, refusal: "no", reason })))
      .bytesUp;
  assert.equal(bytes("upstream-host-key"), 0);
  assert.equal(bytes("upstream-down"), 400);
});

Deno.test("lostOutcome says that the upstream may have taken it", () => {
  const { verdict, reason, detail, bytesUp } = lostOutcome(asked);
  assert.deepEqual([verdict, reason, bytesUp], ["failed", "push-cut", 400]);
  assert.match(detail ?? "", /may have taken it/);
});

const end: UnjudgedEnd = {
  isCut: false,
  hasBegun: false,
  code: 0,
  stderr: "",
  fault: undefined,
  rules: { ...DEFAULT_RULES, max_bytes: 1024 ** 2 },
};
const ends: readonly (readonly [string, Partial<UnjudgedEnd>, readonly unknown[]])[] = [
  ["nothing was asked for", {}, [undefined, undefined]],
  ["it was cut", { isCut: true, code: 143 }, ["failed", "push-cut"]],
  ["it was too big", { fault: { isTooBig: true, what: "x" } }, ["blocked", "push-too-big"]],
  ["it was malformed", { fault: { isTooBig: false, what: "x" } }, ["blocked", "push-malformed"]],
  ["it was no push", { code: 128, stderr: "fatal: protocol error" }, ["blocked", "push-malformed"]],
  ["git took no ref of it", { hasBegun: true }, ["blocked", "push-malformed"]],
];
for (const [name, given, expected] of ends) {
  Deno.test(`unjudgedOutcome tells that ${name}`, () => {
    const outcome = unjudgedOutcome(asked, { ...end, ...given });
    assert.deepEqual([outcome?.verdict, outcome?.reason], expected);
    assert.equal(outcome?.bytesUp, undefined);
  });
}
