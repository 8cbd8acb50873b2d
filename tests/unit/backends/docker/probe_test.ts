import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  probeArgs,
  probeDisk,
  probeLimits,
  probeProxy,
  probeRoutes,
  probeSeal,
} from "../../../../backends/docker/probe.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { homeId } from "../../../../lib/names.ts";
import { fakeRun } from "../../../support/context.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const resources = { cpus: 2, memoryBytes: 1 << 30, pids: 64 };
const options = {
  home: homeId("/home"),
  image: "bot-bottle-bundle:1",
  random: (length: number) => new Uint8Array(length),
  signal: new AbortController().signal,
};

Deno.test("probeArgs holds the container as an agent is held, without a network", () => {
  const args = probeArgs("p", resources, options).join(" ");
  for (
    const part of [
      "--pull=never",
      "--network none",
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
      "--memory 1073741824 --memory-swap 1073741824 --cpus 2",
      "--label bot-bottle.role=probe",
    ]
  ) ok(args.includes(part), part);
  ok(!/--(privileged|cap-add|volume|mount|pid|ipc)\b/.test(args));
});

Deno.test("probeLimits reads back from outside and from inside, and removes what it made", async () => {
  const run = fakeRun(([, verb, second]) => ({
    stdout: encode(
      verb === "container" && second === "inspect"
        ? '[1073741824,1073741824,2000000000,64,"runc"]'
        : verb === "start"
        ? "memory=1073741824\nend=1\n"
        : "id",
    ),
  }));
  const probe = await probeLimits(createEngine({ run }), resources, options);
  equal(probe.inspected.cpus, 2);
  deepEqual(probe.inside.get("memory"), ["1073741824"]);
  deepEqual(run.calls.map(([, verb]) => verb), ["create", "container", "start", "rm"]);
});

Deno.test("probeLimits removes also what it could not look at, and passes on why", async () => {
  const run = fakeRun(([, verb]) =>
    verb === "create" ? { code: 125, stderr: encode("range of CPUs is from 0.01 to 1.00") } : {}
  );
  await rejects(probeLimits(createEngine({ run }), resources, options), /range of CPUs/);
  equal(run.calls.at(-1)?.[1], "rm");
});

Deno.test("probeSeal runs the very script of the seal, in a network of its own", async () => {
  const run = fakeRun(() => ({ stdout: encode("iptables-legacy\n") }));
  deepEqual(await probeSeal(createEngine({ run }), options), {
    tables: "iptables-legacy",
    told: [],
  });
  const [call = []] = run.calls;
  equal(call[call.indexOf("--network") + 1], "none");
  ok(call.some((word) => word.includes("iptables-nft iptables-legacy")));
  const none = fakeRun(() => ({ code: 1, stderr: encode("nft: no\nlegacy: no\n") }));
  deepEqual(await probeSeal(createEngine({ run: none }), options), {
    tables: undefined,
    told: ["nft: no", "legacy: no"],
  });
  const refused = fakeRun(() => ({ code: 125, stderr: encode("docker: Error: no space left") }));
  await rejects(probeSeal(createEngine({ run: refused }), options), BottleError);
});

Deno.test("probeRoutes may only read, though it is on the host's network", async () => {
  const run = fakeRun(() => ({ stdout: encode("Iface\n") }));
  await probeRoutes(createEngine({ run }), options);
  const [call = []] = run.calls;
  for (const part of ["--cap-drop=ALL", "--read-only", "--user=1000:1000", "/proc/net/route"]) {
    ok(call.includes(part), part);
  }
  ok(!call.some((word) => /--(privileged|cap-add|volume|mount|pid)\b/.test(word)));
});

Deno.test("a look around begins not after an abort, and is not cut off by one: its container would stay", async () => {
  const aborted = { ...options, signal: AbortSignal.abort(new Error("Ctrl-C")) };
  const signals: (AbortSignal | undefined)[] = [];
  const run = fakeRun((_argv, given) => {
    signals.push(given?.signal);
    return {};
  });
  const engine = createEngine({ run });
  for (const look of [probeSeal, probeRoutes, probeDisk]) {
    await rejects(look(engine, aborted), /Ctrl-C/);
    await look(engine, options);
  }
  // One call each: those of an abort made none.
  deepEqual(signals, [undefined, undefined, undefined]);
});

Deno.test("probeProxy asks from a container on the engine's own bridge, and names no credential", async () => {
  const run = fakeRun(() => ({ stdout: encode("HTTP/1.1") }));
  const answer = await probeProxy(
    createEngine({ run }),
    { host: "[2001:db8::1]", port: 3128 },
    options,
  );
  equal(answer, "HTTP/1.1");
  const [argv = []] = run.calls;
  deepEqual(argv.slice(-3), ["sh", "2001:db8::1", "3128"]);
  ok(argv.join(" ").includes("--network bridge --cap-drop=ALL"));
});
