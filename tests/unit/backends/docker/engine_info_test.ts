import { deepEqual, equal } from "node:assert/strict";
import { engineRuntimes, gvisorKeyOf, parseInfo } from "../../../../backends/docker/engine_info.ts";
import { rememberGvisorResult } from "../../../../lib/state/gvisor_tests.ts";

const answer = {
  ID: "ABCD:EFGH",
  ServerVersion: "28.2.2",
  KernelVersion: "6.8.0",
  Runtimes: {
    runc: { path: "runc" },
    runsc: { path: "/usr/bin/runsc", runtimeArgs: ["--network=host", "--overlay2=none"] },
  },
  DefaultRuntime: "runc",
  SecurityOptions: ["name=seccomp,profile=builtin", 7],
  NCPU: 4,
};

Deno.test("parseInfo takes what is there, and invents nothing", () => {
  const info = parseInfo(answer);
  deepEqual([info.id, info.cpus, info.securityOptions], ["ABCD:EFGH", 4, [
    "name=seccomp,profile=builtin",
  ]]);
  for (const odd of [null, [], "x", { Runtimes: [], SecurityOptions: null, NCPU: "4" }]) {
    const { id, runtimes, securityOptions, cpus } = parseInfo(odd);
    deepEqual({ id, runtimes, securityOptions, cpus }, {
      id: "",
      runtimes: {},
      securityOptions: [],
      cpus: 0,
    });
  }
});

Deno.test("engineRuntimes tells what the home remembers of gVisor under this very engine", async () => {
  const home = await Deno.makeTempDir();
  try {
    const info = parseInfo(answer);
    deepEqual(await engineRuntimes(info, home), {
      names: ["runc", "runsc"],
      byDefault: "runc",
      gvisor: { kind: "untested" },
      keepsFiles: true,
    });
    const key = gvisorKeyOf(info) ?? "";
    const tested_at = "2026-01-02T03:04:05.678Z";
    await rememberGvisorResult(home, { key, tested_at, passed: false, why: "not sealed" });
    deepEqual((await engineRuntimes(info, home)).gvisor, {
      kind: "failed",
      testedAt: tested_at,
      why: "not sealed",
    });
    await rememberGvisorResult(home, { key, tested_at, passed: true, why: "" });
    deepEqual((await engineRuntimes(info, home)).gvisor, { kind: "passed", testedAt: tested_at });
    const newer = parseInfo({ ...answer, ServerVersion: "29.0.0" });
    deepEqual((await engineRuntimes(newer, home)).gvisor, { kind: "untested" });
    const without = parseInfo({ ...answer, Runtimes: { runc: {} } });
    deepEqual((await engineRuntimes(without, home)).gvisor, { kind: "unlisted" });
    equal(gvisorKeyOf(without), undefined);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
