import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  type EngineRuntimes,
  plannedRuntime,
  settleRuntime,
} from "../../../../lib/plan/runtime.ts";
import type { RuntimeChoice } from "../../../../lib/plan/spec.ts";
import { fakePlan } from "../../../support/plan.ts";

const both: EngineRuntimes = {
  names: ["runc", "runsc"],
  byDefault: "runc",
  gvisor: { kind: "passed", testedAt: "2026-01-02T03:04:05.678Z" },
  keepsFiles: true,
};
const failed = {
  kind: "failed",
  testedAt: "2026-01-02T03:04:05.678Z",
  why: "not sealed",
} as const;

function settle(
  runtimes: Partial<EngineRuntimes>,
  asked?: RuntimeChoice,
  isKept?: boolean,
): { readonly name: string | null; readonly why: string; readonly notices: readonly string[] } {
  const plan = fakePlan({ runtime: plannedRuntime(asked) });
  const { runtime, notices } = settleRuntime(plan, { ...both, ...runtimes }, isKept).fields;
  return { ...runtime, notices: notices.map(({ level, text }) => `${level} ${text}`) };
}

Deno.test("settleRuntime takes gVisor by itself only where its self-test passed", () => {
  const cases: readonly [Partial<EngineRuntimes>, string | null, RegExp | null][] = [
    [{}, "runsc", null],
    [{ keepsFiles: false }, "runsc", /^warning Under gVisor what the agent writes is gone/],
    [{ gvisor: { kind: "untested" } }, null, /^info .*doctor` has not tested it/],
    [{ gvisor: failed }, null, /^warning .*self-test of 2026-01-02 failed: not sealed/],
    [{ gvisor: { kind: "unlisted" }, names: ["runc"] }, null, null],
    // An engine that has it by default must not run it untested either.
    [{ gvisor: { kind: "untested" }, byDefault: "runsc" }, "runc", /not used/],
    [{ gvisor: failed, byDefault: "runsc" }, "runc", /not used/],
    [{ gvisor: failed, byDefault: "runsc", names: ["runsc"] }, null, /not used/],
  ];
  for (const [runtimes, name, notice] of cases) {
    const settled = settle(runtimes);
    equal(settled.name, name, JSON.stringify(runtimes));
    if (notice === null) deepEqual(settled.notices, []);
    else ok(notice.test(settled.notices.join("\n")), settled.notices.join("\n"));
  }
  equal(settle({}).why, "gVisor; its self-test passed on 2026-01-02");
});

Deno.test("settleRuntime does what it is asked, whatever is known", () => {
  equal(settle({}, "runc").name, "runc");
  equal(settle({ gvisor: { kind: "untested" } }, "runsc").name, "runsc");
  const warned = settle({ gvisor: failed }, "runsc");
  equal(warned.name, "runsc");
  ok(/^warning gVisor is asked for, but its self-test/.test(warned.notices.join()));
});

Deno.test("settleRuntime leaves a kept bottle in the runtime that it was made with", () => {
  deepEqual(settle({}, undefined, true), {
    asked: null,
    name: null,
    why: "as its container was made",
    notices: [],
  });
  equal(settle({ gvisor: failed }, "runsc", true).name, "runsc");
});

Deno.test("settleRuntime refuses a runtime that the engine does not have", () => {
  const unlisted = { gvisor: { kind: "unlisted" }, names: ["runc", "crun"] } as const;
  for (const isKept of [false, true]) {
    throws(() => settle(unlisted, "runsc", isKept), {
      code: "runtime-unavailable",
      exitCode: 125,
      message: 'The engine has no runtime "runsc"',
      hint: 'It has "runc", "crun"; register runsc with it, or leave --runtime runsc out',
    });
  }
  throws(() => settle({ names: [] }, "runc"), { hint: /none that it tells of/ });
});
