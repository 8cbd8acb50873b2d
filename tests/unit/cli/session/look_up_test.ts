import assert from "node:assert/strict";
import { lookUp } from "../../../../cli/session/look_up.ts";
import { hostName } from "../../../../lib/egress/host/host.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { fakeRun } from "../../../support/context.ts";

const name = hostName("a.example.com");
const { signal } = new AbortController();

Deno.test("lookUp asks by the system's own program", async () => {
  const run = fakeRun(() => ({ stdout: new TextEncoder().encode("192.0.2.1 STREAM a\n") }));
  for (const os of ["linux", "darwin"]) {
    const found = await lookUp(name, { run, os, signal });
    assert.deepEqual(found.map(({ text }) => text), ["192.0.2.1"]);
  }
  assert.deepEqual(run.calls, [
    ["getent", "ahosts", "a.example.com"],
    ["dscacheutil", "-q", "host", "-a", "name", "a.example.com"],
  ]);
});

Deno.test("lookUp says what to do where there is no program for it, and passes other trouble on", async () => {
  const run = fakeRun();
  await assert.rejects(lookUp(name, { run, os: "windows", signal }), { code: "not-looked-up" });
  const fail = (code: string): ReturnType<typeof fakeRun> =>
    fakeRun(() => Promise.reject(new BottleError("x", { code })));
  const missing = fail("program-missing");
  await assert.rejects(lookUp(name, { run: missing, os: "linux", signal }), {
    code: "not-looked-up",
    hint: /--address/,
  });
  const late = fail("timeout");
  await assert.rejects(lookUp(name, { run: late, os: "linux", signal }), { code: "timeout" });
});
