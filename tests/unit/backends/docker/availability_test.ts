import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { checkAvailability, judgeFacts } from "../../../../backends/docker/availability.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import type { EngineRuntimes } from "../../../../lib/plan/runtime.ts";
import { fakeRun } from "../../../support/context.ts";

const HOME = "/nowhere/.bot-bottle";
const NO_GVISOR: EngineRuntimes = {
  names: [],
  byDefault: "",
  gvisor: { kind: "unlisted" },
  keepsFiles: false,
};
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("judgeFacts takes Linux engines from 20.10 on", () => {
  const facts = (version: string, api: [number, number], os = "linux") =>
    judgeFacts({ version, api, os }, NO_GVISOR).usable;
  equal(facts("20.10.24", [1, 41]), true);
  equal(facts("28.2.2", [1, 50]), true);
  equal(facts("30.0.0", [2, 0]), true);
  equal(facts("19.03.15", [1, 40]), false);
  equal(facts("27.0.0", [1, 46], "windows"), false);
  equal(facts("", [0, 0], ""), false);
});

Deno.test("checkAvailability gives the version and the runtimes", async () => {
  const run = fakeRun(([, verb]) => ({
    stdout: encode(
      verb === "version"
        ? "20.10.24+dfsg1\t1.41\tlinux\n"
        : JSON.stringify({ Runtimes: { runc: {} }, DefaultRuntime: "runc" }),
    ),
  }));
  deepEqual(await checkAvailability(createEngine({ run }), HOME), {
    usable: true,
    version: "20.10.24+dfsg1",
    notes: [],
    runtimes: { ...NO_GVISOR, names: ["runc"], byDefault: "runc" },
  });
  equal(run.calls.length, 2);
});

Deno.test("checkAvailability takes an engine that does not tell its runtimes for one without others", async () => {
  const run = fakeRun(([, verb]) =>
    verb === "version" ? { stdout: encode("5.4.0\t1.41\tlinux\n") } : { code: 1 }
  );
  const answer = await checkAvailability(createEngine({ run }), HOME);
  deepEqual(answer.usable && answer.runtimes, NO_GVISOR);
});

Deno.test("checkAvailability says what to do", async () => {
  const cases: readonly [string, RegExp][] = [
    [
      "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
      /Start the engine/,
    ],
    ["permission denied while trying to connect to the Docker daemon socket", /group "docker"/],
  ];
  for (const [stderr, hint] of cases) {
    const answer = await checkAvailability(
      createEngine({ run: fakeRun(() => ({ code: 1, stderr: encode(stderr) })) }),
      HOME,
    );
    ok(!answer.usable && hint.test(answer.hint), stderr);
  }
  const missing = new BottleError("x", { code: "program-missing" });
  const answer = await checkAvailability(
    createEngine({ run: fakeRun(() => Promise.reject(missing)) }),
    HOME,
  );
  ok(!answer.usable && /Install Docker/.test(answer.hint));
});

Deno.test("checkAvailability throws what is no answer", async () => {
  const run = fakeRun(() => Promise.reject(new Error("aborted")));
  await rejects(checkAvailability(createEngine({ run }), HOME), /aborted/);
});
