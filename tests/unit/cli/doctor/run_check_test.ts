import { deepEqual, equal, ok as truthy, rejects } from "node:assert/strict";
import { ok } from "../../../../cli/doctor/finding.ts";
import { runCheck } from "../../../../cli/doctor/run_check.ts";
import type { Check, Scene } from "../../../../cli/doctor/scene.ts";
import type { Services } from "../../../../cli/command.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { StateStore } from "../../../../lib/state/store.ts";
import { fakeContext } from "../../../support/context.ts";

const services = {
  context: fakeContext(),
  settings: { noColor: true, quiet: false, verbose: false },
  states: new StateStore("/nowhere"),
  backend: () => Promise.reject(new Error("none")),
  keepers: {
    ask: () => Promise.resolve(undefined),
    start: () => {
      throw new Error("none");
    },
  },
  forge: { send: () => Promise.reject(new Error("none")), tokens: new Map() },
  readLine: () => Promise.resolve(null),
  readInput: () => Promise.resolve(new Uint8Array()),
  input: () => ReadableStream.from([]),
  leftovers: new Set<string>(),
} satisfies Services;
const scene: Scene = { services, docker: null };
const { signal } = new AbortController();

Deno.test("runCheck puts the check's name to its findings", async () => {
  const check: Check = { name: "disk", run: () => Promise.resolve([ok("fine")]) };
  deepEqual(await runCheck(check, scene, signal), [
    { check: "disk", level: "ok", text: "fine", fix: null, facts: {} },
  ]);
});

Deno.test("runCheck takes a check that fails for a finding, never for an ok and never for a crash", async () => {
  const error = new BottleError("No such thing", { code: "x", hint: "Make it" });
  for (const thrown of [error, new TypeError("x is not a function"), "text"]) {
    const check: Check = { name: "disk", run: () => Promise.reject(thrown) };
    const [finding, ...more] = await runCheck(check, scene, signal);
    equal(more.length, 0);
    equal(finding?.level, "warning");
    truthy(/^Can't tell: /.test(finding?.text ?? ""), finding?.text);
    equal(
      finding?.fix,
      thrown === error ? "Make it" : "Run it with --verbose, and report it if it stays",
    );
  }
});

Deno.test("runCheck does not wait for a check that hangs, and tells it to end", async () => {
  let told = false;
  const check: Check = {
    name: "disk",
    limitMs: 10,
    graceMs: 10,
    run: (_scene, limit) => {
      limit.addEventListener("abort", () => told = true);
      return new Promise(() => undefined);
    },
  };
  const [finding] = await runCheck(check, scene, signal);
  equal(finding?.text, "Can't tell: this check took more than 0.01 s");
  truthy(told);
});

Deno.test("runCheck lets a check that is late take back what it made", async () => {
  let isRemoved = false;
  const check: Check = {
    name: "disk",
    limitMs: 10,
    run: (_scene, limit) =>
      new Promise((_resolve, reject) =>
        limit.addEventListener("abort", () =>
          queueMicrotask(() => {
            isRemoved = true;
            reject(limit.reason);
          }))
      ),
  };
  const [finding] = await runCheck(check, scene, signal);
  equal(finding?.text, "Can't tell: this check took more than 0.01 s");
  truthy(isRemoved);
});

Deno.test("runCheck passes on the person's own interrupt", async () => {
  const aborted = AbortSignal.abort(new BottleError("Interrupted", { code: "interrupted" }));
  const check: Check = { name: "disk", run: (_, limit) => Promise.reject(limit.reason) };
  await rejects(runCheck(check, scene, aborted), { code: "interrupted" });
});
