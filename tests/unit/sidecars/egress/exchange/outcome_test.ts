import assert from "node:assert/strict";
import { BottleError } from "../../../../../lib/errors.ts";
import { outcomeOf } from "../../../../../sidecars/egress/exchange/outcome.ts";

const cases = [
  ["private-address", "blocked", "private-address", "why: more"],
  ["upstream-closed", "failed", "upstream-closed", "why: more"],
  ["http-malformed", "blocked", "protocol", "why: more"],
  ["http-too-large", "blocked", "too-large", "why: more"],
  ["config-invalid", "failed", "upstream-protocol", "Internal error (config-invalid)"],
] as const;

for (const [code, verdict, reason, detail] of cases) {
  Deno.test(`outcomeOf tells what "${code}" ends as`, () => {
    const error = new BottleError("why", { code, details: ["more"] });
    assert.deepEqual(outcomeOf(error), { verdict, reason, detail });
  });
}

Deno.test("outcomeOf says of a mistake of ours its kind, and no value that it may quote", () => {
  const detail = "Internal error (TypeError)";
  const failed = { verdict: "failed", reason: "upstream-protocol", detail };
  assert.deepEqual(outcomeOf(new TypeError("sk-secret")), failed);
  assert.deepEqual(outcomeOf("sk-secret"), { ...failed, detail: "Internal error (string)" });
});
