import assert from "node:assert/strict";
import { refusalLines, shown, upstreamLine } from "../../../../lib/git_gate/push_report.ts";
import { gateReasons, isGateReason } from "../../../../lib/git_gate/reason.ts";
import type { Refusal } from "../../../../lib/git_gate/rules.ts";

Deno.test("refusalLines says what was refused, why, what to do, and that nothing went out", () => {
  const refusals: readonly Refusal[] = [
    { reason: "push-force", ref: "refs/heads/main", why: "it is protected: it may not be forced" },
  ];
  assert.deepEqual(refusalLines("push-force", refusals), [
    "git-gate refused this push: the ref may not be forced",
    "  refs/heads/main: it is protected: it may not be forced",
    "Fetch, then rebase or merge, and push without force; or push to a new branch.",
    "Nothing of it went to the upstream.",
  ]);
});

Deno.test("refusalLines shows findings in the place of a remedy of its own", () => {
  const lines = refusalLines("push-secret", [{ reason: "push-secret", why: "why" }], ["  a.env:3"]);
  assert.deepEqual(lines.slice(1), ["  why", "  a.env:3"]);
});

Deno.test("refusalLines stays short, and shows no name that a terminal obeys", () => {
  const refusals = Array.from({ length: 500 }, (_, n): Refusal => ({
    reason: "push-ref",
    ref: `refs/heads/\x1b]0;${n}\x07\u202e${"x".repeat(4_000)}`,
    why: "no",
  }));
  const lines = refusalLines("push-ref", refusals);
  assert.equal(lines.length, 14);
  assert.equal(lines[11], "  and 490 more");
  for (const line of lines) {
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
    assert.ok(line.length <= 300, line);
  }
});

Deno.test("refusalLines has a first line for every reason", () => {
  for (const reason of Object.keys(gateReasons).filter(isGateReason)) {
    const [first = ""] = refusalLines(reason, []);
    assert.match(first, /^git-gate refused this push: ./);
  }
});

Deno.test("shown leaves colours out and escapes what else a terminal obeys", () => {
  assert.equal(shown("\x1b[1;31mred\x1b[0m\tend  \x1b[K"), "red    end");
  assert.equal(shown("a\x1b[2Jb\x07"), "a\\x1b[2Jb\\x07");
});

Deno.test("upstreamLine tells the upstream's words from git's own", () => {
  assert.equal(upstreamLine("remote: no: it is closed        "), "no: it is closed");
  assert.equal(upstreamLine("remote:   indented"), "  indented");
  assert.equal(upstreamLine("remote:"), "");
  assert.equal(upstreamLine("error: failed to push some refs to 'upstream:/a'"), undefined);
});
