import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { buildArgs, buildImage } from "../../../../backends/engine/build.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { readTar } from "../../../../lib/archive/read_tar.ts";
import { fakeRun } from "../../../support/context.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const base = { tag: "t:1", dockerfile: "FROM x\n" };

Deno.test("buildArgs has a fixed order and reads its context from stdin", () => {
  const options = { tag: "t:1", args: { B: "2", A: "1=1" }, labels: { y: "2", x: "1" } };
  deepEqual(buildArgs(options), [
    ...["build", "--tag", "t:1"],
    ...["--label", "x=1", "--label", "y=2"],
    ...["--build-arg", "A=1=1", "--build-arg", "B=2", "--force-rm", "-"],
  ]);
  deepEqual(buildArgs({ tag: "t:1", dockerfileName: "Dockerfile.dev", noCache: true }), [
    ...["build", "--tag", "t:1", "--file", "Dockerfile.dev", "--no-cache", "--force-rm", "-"],
  ]);
});

Deno.test("buildImage sends Dockerfile and files as a tar, and tells each line", async () => {
  const names: string[] = [];
  const run = fakeRun(async (_argv, { stdin, onLine }) => {
    ok(stdin instanceof Uint8Array);
    for await (const { name } of readTar(ReadableStream.from([stdin]))) names.push(name);
    onLine?.("Step 1/1 : FROM x", "stdout");
    onLine?.("\u001b[2J", "stderr");
    return {};
  });
  const lines: string[] = [];
  await buildImage(createEngine({ run }), {
    ...base,
    files: [{ name: "ca.pem", mode: 0o644, content: "" }],
    logFile: "/nowhere/log",
    onLine: (line) => lines.push(line),
  });
  deepEqual(names, ["Dockerfile", "ca.pem"]);
  deepEqual(lines, ["Step 1/1 : FROM x", "\\x1b[2J"]);
});

Deno.test("buildImage's failure has the last lines and the log's path", async () => {
  const folder = await Deno.makeTempDir();
  const run = fakeRun((_argv, { onLine }) => {
    for (let i = 1; i <= 40; i++) onLine?.(`line ${i}`, "stdout");
    return { code: 1, stderr: encode("The command returned a non-zero code: 3") };
  });
  const logFile = `${folder}/logs/t.log`;
  const failed = buildImage(createEngine({ run }), { ...base, logFile });
  await rejects(failed, (error) => {
    ok(error instanceof BottleError);
    deepEqual([error.code, error.exitCode, error.message], [
      "image-build-failed",
      125,
      'Building the image "t:1" failed',
    ]);
    deepEqual([error.details.length, error.details.at(-1)], [15, "line 40"]);
    ok(error.hint?.includes(logFile));
    return true;
  });
  equal((await Deno.readTextFile(logFile)).split("\n").length, 41);
  equal(((await Deno.stat(logFile)).mode ?? 0) & 0o777, 0o600);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("buildImage tells why it failed also where no log can be written", async () => {
  const run = fakeRun((_argv, { onLine }) => (onLine?.("why", "stdout"), { code: 1 }));
  const failed = buildImage(createEngine({ run }), { ...base, logFile: "/proc/nowhere/log" });
  await rejects(failed, { code: "image-build-failed", details: ["why"], hint: undefined });
});

Deno.test("buildImage passes on what is wrong with the engine itself", async () => {
  const said: readonly [string, string][] = [
    [
      "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
      "docker-unreachable",
    ],
    ["write /x: no space left on device", "docker-disk-full"],
  ];
  for (const [stderr, code] of said) {
    const run = fakeRun(() => ({ code: 1, stderr: encode(stderr) }));
    await rejects(buildImage(createEngine({ run }), { ...base, logFile: "/nowhere/log" }), {
      code,
    });
  }
});

Deno.test("buildImage that is broken off takes back what the legacy builder would keep", async () => {
  const abort = new AbortController();
  const run = fakeRun((argv, { onLine }) => {
    if (!argv.includes("build")) return { stdout: encode("0\n") };
    for (const line of ["Step 1/2 : FROM x", " ---> aaaaaaaaaaaa", "Step 2/2 : RUN sleep 9"]) {
      onLine?.(line, "stdout");
    }
    onLine?.(" ---> Running in bbbbbbbbbbbb", "stdout");
    abort.abort(new Error("Ctrl-C"));
    throw abort.signal.reason;
  });
  const options = { ...base, logFile: "/nowhere/log", signal: abort.signal };
  await rejects(buildImage(createEngine({ run }), options), { message: "Ctrl-C" });
  deepEqual(run.calls.at(-1), ["docker", "rm", "--force", "--volumes", "bbbbbbbbbbbb"]);
});
