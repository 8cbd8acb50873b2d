import { deepEqual, equal, ok } from "node:assert/strict";
import { judgeLimits } from "../../../../cli/doctor/checks/limits.ts";
import { judgeHardening } from "../../../../cli/doctor/hardening.ts";
import { parseFindings } from "../../../../backends/docker/self_test.ts";

const GIB = 1024 ** 3;
const asked = { cpus: 2, memoryBytes: 4 * GIB, pids: 512 };
const inspected = { cpus: 2, memoryBytes: 4 * GIB, memorySwapBytes: 4 * GIB, pids: 512 };

function inside(facts: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  return parseFindings(Object.entries(facts).map(([name, value]) => `${name}=${value}\n`).join(""));
}

const version2 = { memory: `${4 * GIB}`, pids: "512", cpu: "200000 100000" };
const version1 = {
  memory: `${4 * GIB}`,
  pids: "512",
  cpu: "",
  cpu_quota: "200000",
  cpu_period: "100000",
};

Deno.test("judgeLimits passes what both the engine and the container's own files say", () => {
  for (const facts of [version1, version2, { ...version2, memory: `${4 * GIB - 4096}` }]) {
    const findings = judgeLimits(asked, { inspected, inside: inside(facts) });
    deepEqual(findings.map(({ level }) => level), ["ok"], JSON.stringify(findings));
  }
});

Deno.test("judgeLimits believes neither the engine nor the files alone", () => {
  const cases: readonly [
    Partial<typeof inspected>,
    Readonly<Record<string, string>>,
    string,
    RegExp,
  ][] = [
    [{ memoryBytes: 0, memorySwapBytes: -1 }, {}, "warning", /dropped the limit "memory"/],
    [{ memorySwapBytes: -1 }, {}, "warning", /dropped the limit "swap"/],
    [{ cpus: 0 }, { cpu: "max 100000" }, "warning", /dropped the limit "cpus"/],
    [{}, { memory: `${8 * GIB}` }, "problem", /says that the limit "memory" is in force, and/],
    [{}, { pids: "4096" }, "problem", /"pids"/],
    [{}, { cpu: "400000 100000" }, "problem", /"cpus"/],
    [{}, { memory: "max" }, "problem", /"memory" is in force, and .* that it isn't/],
    [{}, { cpu: "max 100000" }, "problem", /"cpus" is in force, and/],
    [{}, { ...version1, cpu_quota: "-1" }, "problem", /"cpus" is in force, and/],
    [{}, { memory: "odd" }, "warning", /Can't tell from inside .*"memory"/],
    [{}, { pids: "" }, "warning", /Can't tell from inside .*"pids"/],
  ];
  for (const [change, files, level, text] of cases) {
    const findings = judgeLimits(asked, {
      inspected: { ...inspected, ...change },
      inside: inside({ ...version2, ...files }),
    });
    equal(findings.length, 1, JSON.stringify(findings));
    equal(findings[0]?.level, level);
    ok(text.test(findings[0]?.text ?? ""), findings[0]?.text);
  }
});

const hardened = {
  seccomp: "2",
  no_new_privileges: "1",
  capabilities: "0000000000000000",
  bounding: "0000000000000000",
  uid_map: "         0          0 4294967295",
  apparmor: "docker-default (enforce)",
  end: "1",
};
const options = ["name=seccomp,profile=default", "name=apparmor"];

Deno.test("judgeHardening says for each wall whether it stands", () => {
  const cases: readonly [Readonly<Record<string, string>>, readonly string[], readonly string[]][] =
    [
      [{}, options, ["ok", "ok", "ok", "note"]],
      [{ uid_map: "0 100000 65536" }, options, ["ok", "ok", "ok", "ok"]],
      [{ seccomp: "0" }, options, ["problem", "ok", "ok", "note"]],
      [{ seccomp: "" }, options, ["problem", "ok", "ok", "note"]],
      [{ seccomp: "0" }, ["name=apparmor"], ["warning", "ok", "ok", "note"]],
      [
        { seccomp: "0" },
        ["name=seccomp,profile=unconfined", "name=apparmor"],
        ["warning", "ok", "ok", "note"],
      ],
      [{ capabilities: "0000000000000400" }, options, ["ok", "problem", "ok", "note"]],
      [{ bounding: "00000000a80425fb" }, options, ["ok", "problem", "ok", "note"]],
      [{ no_new_privileges: "0" }, options, ["ok", "problem", "ok", "note"]],
      [{ apparmor: "unconfined" }, options, ["ok", "ok", "warning", "note"]],
      [{ apparmor: "" }, ["name=seccomp"], ["ok", "ok", "note", "note"]],
      [{ apparmor: "docker-default (complain)" }, options, ["ok", "ok", "warning", "note"]],
      [
        { apparmor: "system_u:system_r:container_t:s0:c1,c2" },
        ["name=seccomp", "name=selinux"],
        ["ok", "ok", "ok", "note"],
      ],
      [
        { apparmor: "system_u:system_r:spc_t:s0" },
        ["name=seccomp", "name=selinux"],
        ["ok", "ok", "warning", "note"],
      ],
      [{ apparmor: "" }, ["name=seccomp", "name=selinux"], ["ok", "ok", "warning", "note"]],
      [{ end: "" }, options, ["warning"]],
    ];
  for (const [change, engine, expected] of cases) {
    const findings = judgeHardening(inside({ ...hardened, ...change }), engine);
    deepEqual(findings.map(({ level }) => level), expected, JSON.stringify(change));
  }
});
