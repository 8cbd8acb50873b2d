import { deepEqual, equal } from "node:assert/strict";
import { fakeRun } from "../../../../support/context.ts";
import { runChecks } from "../../../../support/suites/checks.ts";

const signal = new AbortController().signal;

Deno.test("runChecks runs every check and names those that failed", async () => {
  const run = fakeRun((argv) => ({ code: argv.at(-1) === "lint" ? 1 : 0 }));
  const troubles = await runChecks(run, signal, () => {});
  deepEqual(run.calls.map((argv) => argv.at(-1)), ["fmt:check", "lint", "check", "doc:lint"]);
  deepEqual(troubles.map(({ title }) => title), ["deno task lint"]);
});

Deno.test("runChecks gives a check that a signal ended one more try, not two", async () => {
  const codes = [0, 139, 0, 0, 139, 139];
  const run = fakeRun(() => ({ code: codes.shift() ?? 0 }));
  const troubles = await runChecks(run, signal, () => {});
  equal(run.calls.length, 6);
  deepEqual(troubles.map(({ title }) => title), ["deno task doc:lint"]);
});
