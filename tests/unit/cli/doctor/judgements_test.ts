import { deepEqual, equal, ok } from "node:assert/strict";
import { judgeCertificates } from "../../../../cli/doctor/checks/extra_ca.ts";
import { judgeClock } from "../../../../cli/doctor/checks/clock.ts";
import { judgeFree, judgeImages, parseDf } from "../../../../cli/doctor/checks/disk.ts";
import { endpoint, isLocal, judgeInfo, judgeWhere } from "../../../../cli/doctor/checks/engine.ts";
import { judgeGvisor } from "../../../../cli/doctor/checks/gvisor.ts";
import { isVerdict, judgeOwn } from "../../../../cli/doctor/checks/isolation.ts";
import { judgeProblem } from "../../../../cli/doctor/checks/manifests.ts";
import { judgeSeal } from "../../../../cli/doctor/checks/seal.ts";
import { judgeStates } from "../../../../cli/doctor/checks/states.ts";
import { judgeProxy } from "../../../../cli/doctor/checks/upstream_proxy.ts";
import {
  judgeBuildx,
  judgeGit,
  judgeOwn as judgeVersion,
} from "../../../../cli/doctor/checks/versions.ts";
import type { Finding } from "../../../../cli/doctor/finding.ts";
import { parseInfo } from "../../../../backends/docker/engine_info.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import type { EngineRuntimes } from "../../../../lib/plan/runtime.ts";
import { createAuthority } from "../../../../lib/pki/authority.ts";
import { Secret } from "../../../../lib/secret.ts";
import { fakeRun } from "../../../support/context.ts";

const MIB = 1024 ** 2;

function levels(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level }) => level);
}

Deno.test("judgeOwn of versions knows a Deno that was never tested", () => {
  const facts = { version: "0.1.0", os: "linux", arch: "x86_64" };
  equal(judgeVersion({ ...facts, deno: "2.9.6" }).level, "ok");
  equal(judgeVersion({ ...facts, deno: "3.0.0" }).level, "ok");
  equal(judgeVersion({ ...facts, deno: "2.8.9" }).level, "warning");
  equal(judgeVersion({ ...facts, deno: "odd" }).level, "warning");
});

Deno.test("judgeGit and judgeBuildx take what is missing for a note", () => {
  deepEqual(judgeGit("git version 2.47.2").facts, { git: "2.47.2" });
  deepEqual([judgeGit(null).level, judgeGit("usage:").level], ["note", "note"]);
  deepEqual(judgeBuildx("github.com/docker/buildx v0.14.1 59582a8").facts, { buildx: "0.14.1" });
  equal(judgeBuildx(null).level, "note");
});

Deno.test("isLocal tells this machine's engines from another's", () => {
  const cases: readonly [string, boolean][] = [
    ["unix:///var/run/docker.sock", true],
    ["npipe:////./pipe/docker_engine", true],
    ["tcp://127.0.0.1:2375", true],
    ["tcp://localhost:2375", true],
    ["ssh://ann@127.0.0.1", true],
    ["tcp://127.0.0.1.example.com:2375", false],
    ["tcp://192.0.2.1:2375", false],
    ["ssh://ann@build.example.com", false],
    ["", false],
  ];
  for (const [host, expected] of cases) equal(isLocal(host), expected, host);
});

Deno.test("judgeWhere takes an open way to another machine for a problem", () => {
  const info = parseInfo({ ServerVersion: "28.2.2" });
  const where = {
    context: "default",
    host: "tcp://192.0.2.1:2375",
    by: "DOCKER_HOST",
    client: "28",
    hasTls: false,
  } as const;
  equal(judgeWhere(info, where).level, "problem");
  equal(judgeWhere(info, { ...where, hasTls: true }).level, "ok");
  const remote = judgeWhere(info, { ...where, host: "ssh://ann@192.0.2.1" });
  deepEqual([remote.level, remote.facts["is_local"]], ["ok", false]);
  ok(/another machine/.test(remote.text));
  equal(judgeWhere(info, { ...where, host: "tcp://127.0.0.1:2375" }).level, "ok");
});

Deno.test("endpoint takes a way for protected only by TLS that is in force for it and checks the engine", async () => {
  const cases: readonly [string, Readonly<Record<string, string>>, boolean][] = [
    ["default\ttcp://192.0.2.1:2375\tfalse\t0", { DOCKER_HOST: "x" }, false],
    ["default\ttcp://192.0.2.1:2376\tfalse\t0", { DOCKER_HOST: "x", DOCKER_TLS_VERIFY: "1" }, true],
    ["default\ttcp://192.0.2.1:2376\tfalse\t1", { DOCKER_HOST: "x", DOCKER_TLS_VERIFY: "1" }, true],
    ["far\ttcp://192.0.2.1:2376\tfalse\t1", {}, true],
    ["far\ttcp://192.0.2.1:2376\ttrue\t1", {}, false],
    ["far\ttcp://192.0.2.1:2375\tfalse\t0", { DOCKER_TLS_VERIFY: "1" }, false],
    ["far\ttcp://192.0.2.1:2375", {}, false],
  ];
  for (const [told, env, hasTls] of cases) {
    const run = fakeRun(([, verb]) => ({
      stdout: new TextEncoder().encode(verb === "context" ? told : "28.2.2"),
    }));
    const where = await endpoint(
      { engine: createEngine({ run }) },
      (name) => env[name],
      new AbortController().signal,
    );
    equal(where.hasTls, hasTls, `${told} ${JSON.stringify(env)}`);
  }
});

Deno.test("judgeInfo says what of an engine makes bottles slower or weaker", () => {
  const cases: readonly [unknown, readonly string[]][] = [
    [{ Driver: "overlay2", CgroupVersion: "2" }, ["ok", "ok", "ok"]],
    [{ Driver: "vfs", CgroupVersion: "1" }, ["warning", "ok", "ok"]],
    [
      { Driver: "overlay2", CgroupVersion: "1", SecurityOptions: ["name=rootless"] },
      ["ok", "warning", "note"],
    ],
    [
      { Driver: "overlay2", CgroupVersion: "2", SecurityOptions: ["name=rootless"] },
      ["ok", "ok", "note"],
    ],
    [{ Warnings: ["WARNING: No swap limit support"] }, ["note", "note", "ok", "note"]],
  ];
  for (const [info, expected] of cases) {
    deepEqual(levels(judgeInfo(parseInfo(info))), expected, JSON.stringify(info));
  }
});

Deno.test("judgeClock allows for the time that the answer took", () => {
  const at = Date.parse("2026-01-02T03:04:05Z");
  const asked = { from: at, to: at + 20_000 };
  const cases: readonly [string, string, number?][] = [
    ["2026-01-02T03:04:05Z", "ok", 0],
    ["2026-01-02T03:04:25Z", "ok", 0],
    ["2026-01-02T03:04:54Z", "ok", 29_000],
    ["2026-01-02T03:04:55.5Z", "warning", 30_500],
    ["2026-01-02T03:03:00Z", "warning", -65_000],
    ["2026-01-02T05:04:05Z", "problem", 7_180_000],
    ["2025-01-02T03:04:05Z", "problem", -31_536_000_000],
    ["", "note"],
    ["yesterday", "note"],
  ];
  for (const [time, level, skew] of cases) {
    const finding = judgeClock(time, asked);
    deepEqual([finding.level, finding.facts["skew_ms"]], [level, skew], time);
  }
});

Deno.test("judgeFree has bounds of its own for the home and the engine", () => {
  const cases: readonly ["home" | "engine", number, string][] = [
    ["home", 2048 * MIB, "ok"],
    ["home", 512 * MIB, "warning"],
    ["home", 50 * MIB, "problem"],
    ["engine", 9000 * MIB, "ok"],
    ["engine", 2048 * MIB, "warning"],
    ["engine", 512 * MIB, "problem"],
    ["engine", 0, "problem"],
  ];
  for (const [kind, bytes, level] of cases) equal(judgeFree(kind, kind, bytes).level, level);
});

Deno.test("parseDf reads the free blocks of the last line, and nothing else", () => {
  const head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
  equal(parseDf(`${head}overlay 264212084 28410000 77981064 27% /\n`), 77981064 * 1024);
  equal(parseDf(`${head}a name 100 50 50 50% /\n`), 50 * 1024);
  for (const text of ["", head, "overlay - - - - /"]) equal(parseDf(text), undefined, text);
});

Deno.test("judgeImages adds up", () => {
  deepEqual(judgeImages([MIB, 2 * MIB]).facts, { images: 2, image_bytes: 3 * MIB });
  equal(judgeImages([]).text, "No images of ours yet");
});

Deno.test("judgeCertificates says of each certificate what is wrong with it", async () => {
  const made = new Date("2026-01-02T03:04:05Z");
  const { cert_pem: pem } = await createAuthority(made);
  const expiry = Date.parse(String(judgeCertificates("/ca.pem", pem, made)[0]?.facts["valid_to"]));
  const day = 86_400_000;
  const cases: readonly [number, string, RegExp][] = [
    [expiry - 60 * day, "ok", /has a certificate, valid/],
    [expiry - 1000, "warning", /expires on/],
    [expiry, "problem", /expired on/],
    [expiry + day, "problem", /expired on/],
    [made.getTime() - 365 * day, "warning", /valid from .* only/],
  ];
  for (const [now, level, text] of cases) {
    const [finding] = judgeCertificates("/ca.pem", pem, new Date(now));
    equal(finding?.level, level, new Date(now).toISOString());
    ok(text.test(finding?.text ?? ""), finding?.text);
  }
  const garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const mixed = judgeCertificates("/ca.pem", pem + garbage, made);
  ok(mixed.some(({ level, text }) => level === "problem" && /Certificate 2 .* parsed/.test(text)));
  equal(judgeCertificates("/ca.pem", "-----BEGIN CERTIFICATE-----", made)[0]?.level, "problem");
});

Deno.test("judgeGvisor never says ok of what was not tested", () => {
  const runtimes: EngineRuntimes = {
    names: ["runc", "runsc"],
    byDefault: "runc",
    gvisor: { kind: "untested" },
    keepsFiles: true,
  };
  const testedAt = "2026-01-02T03:04:05.678Z";
  const cases: readonly [Partial<EngineRuntimes>, readonly string[]][] = [
    [{ gvisor: { kind: "unlisted" }, keepsFiles: false }, ["note"]],
    [{}, ["note"]],
    [{ gvisor: { kind: "passed", testedAt } }, ["ok"]],
    [{ gvisor: { kind: "passed", testedAt }, keepsFiles: false }, ["ok", "note"]],
    [{ gvisor: { kind: "failed", testedAt, why: "not sealed" } }, ["warning"]],
  ];
  for (const [change, expected] of cases) {
    deepEqual(levels(judgeGvisor({ ...runtimes, ...change })), expected, JSON.stringify(change));
  }
});

Deno.test("judgeOwn of the isolation tells a failed test from a bottle that does not start", () => {
  equal(judgeOwn({ passed: true, tookMs: 2345 }).level, "ok");
  const failed = new BottleError("The bottle's self-test failed: x", { code: "self-test-failed" });
  equal(judgeOwn({ passed: false, error: failed }).text, failed.message);
  const broken = new BottleError("Building failed", { code: "image-build-failed", hint: "Look" });
  const finding = judgeOwn({ passed: false, error: broken });
  deepEqual([finding.level, finding.text, finding.fix], [
    "problem",
    "A bottle does not start: Building failed",
    "Look",
  ]);
  deepEqual(
    ["self-test-failed", "docker-failed", "image-build-failed", "docker-unreachable"].map(
      (code) => isVerdict({ code }),
    ),
    [true, true, false, false],
  );
});

Deno.test("judgeSeal names the tables, or what they said", () => {
  deepEqual(judgeSeal("iptables-nft", []).facts, { tables: "iptables-nft" });
  const none = judgeSeal(undefined, ["iptables-nft: no", "iptables-legacy: neither"]);
  equal(none.level, "problem");
  ok(/no; iptables-legacy: neither/.test(none.text));
});

Deno.test("judgeStates tells of each state that is no good", () => {
  const empty = { states: [], corrupted: [] };
  equal(judgeStates(empty, [], [])[0]?.level, "ok");
  deepEqual(levels(judgeStates(empty, [], ["demo-ab12c"])), ["warning"]);
  deepEqual(levels(judgeStates(empty, [], null)), ["note"]);
  const corrupted = [{ name: "demo-ab12c", file: "/state.json", why: "not JSON" }];
  deepEqual(levels(judgeStates({ states: [], corrupted }, ["demo-cd34e"], [])), [
    "warning",
    "warning",
  ]);
});

Deno.test("judgeProblem lets an agent be without a bottle of its own", () => {
  const place = { file: "/agents/demo.md", line: 1, column: 1 };
  equal(judgeProblem({ message: "x", place, code: "bottle-missing" }).level, "note");
  const finding = judgeProblem({ message: "x", place });
  deepEqual([finding.level, finding.text], ["warning", "/agents/demo.md:1:1: x"]);
});

Deno.test("judgeProxy takes an answer of HTTP for a proxy, whatever it says, and shows no credential", () => {
  const proxy = {
    host: "proxy.example",
    port: 3128,
    authorization: new Secret("Basic marker"),
    noProxy: [".corp.example"],
  };
  const levels = ["HTTP/1.1", "HTTP/1.0", "", "220 mail"].map((answer) =>
    judgeProxy(proxy, answer).level
  );
  deepEqual(levels, ["ok", "ok", "problem", "problem"]);
  const finding = judgeProxy(proxy, "");
  equal(finding.text, 'The company proxy "proxy.example:3128" does not answer');
  deepEqual(finding.facts["no_proxy"], [".corp.example"]);
  ok(!JSON.stringify(finding).includes("marker"));
});
