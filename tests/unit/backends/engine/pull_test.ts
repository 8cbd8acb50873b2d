import { deepEqual, rejects } from "node:assert/strict";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { pullImage } from "../../../../backends/engine/pull.ts";
import { fakeRun } from "../../../support/context.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("pullImage tells each line of the engine's progress, made printable", async () => {
  const run = fakeRun((_argv, { onLine }) => {
    onLine?.("1: Pulling from library/a", "stdout");
    onLine?.("\u001b[1mx", "stdout");
    return {};
  });
  const lines: string[] = [];
  await pullImage(createEngine({ run }), "a:1", { onLine: (line) => lines.push(line) });
  deepEqual(run.calls, [["docker", "pull", "a:1"]]);
  deepEqual(lines, ["1: Pulling from library/a", "\\x1b[1mx"]);
});

Deno.test("pullImage says of any failure but the engine's own that the image can't be had", async () => {
  const said: readonly (readonly [string, string])[] = [
    [
      "Error response from daemon: manifest for a:1 not found: manifest unknown",
      "image-unavailable",
    ],
    ["Error response from daemon: pull access denied for a", "image-unavailable"],
    [
      'Error response from daemon: Get "https://r.example/v2/": dial tcp: no such host',
      "image-unavailable",
    ],
    ["Error response from daemon: unauthorized: authentication required", "image-unavailable"],
    [
      "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
      "docker-unreachable",
    ],
    ["write /x: no space left on device", "docker-disk-full"],
  ];
  for (const [stderr, code] of said) {
    const run = fakeRun(() => ({ code: 1, stderr: encode(stderr) }));
    await rejects(pullImage(createEngine({ run }), "a:1"), { code, exitCode: 125 }, stderr);
  }
});
