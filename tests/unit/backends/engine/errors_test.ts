import { deepEqual, equal, ok } from "node:assert/strict";
import { engineError, printableLines } from "../../../../backends/engine/errors.ts";
import type { BottleError } from "../../../../lib/errors.ts";

function errorOf(stderr: string, args: readonly string[] = ["run", "x"], code = 1): BottleError {
  return engineError(args, {
    code,
    stdout: new Uint8Array(),
    stderr: new TextEncoder().encode(stderr),
  });
}

/** What engines said, word for word, and what we make of it. */
const cases: readonly [stderr: string, code: string, message: string][] = [
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "docker-unreachable",
    'Cannot reach Docker at "unix:///var/run/docker.sock"',
  ],
  [
    "Cannot connect to the Docker daemon at tcp://10.0.0.7:2375. Is the docker daemon running?",
    "docker-unreachable",
    'Cannot reach Docker at "tcp://10.0.0.7:2375"',
  ],
  [
    'error during connect: Get "http://docker.example.com/v1.41/version": command [ssh -l me -- host docker system dial-stdio] has exited with exit status 255',
    "docker-unreachable",
    'Cannot reach Docker at "http://docker.example.com/v1.41/version"',
  ],
  [
    "failed to connect to the docker API at unix:///nope.sock; check if the path is correct",
    "docker-unreachable",
    'Cannot reach Docker at "unix:///nope.sock"',
  ],
  [
    'unable to resolve docker endpoint: context "nope": context not found: open /x/meta.json: no such file',
    "docker-unreachable",
    "Cannot reach Docker",
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/version": dial unix /var/run/docker.sock: connect: permission denied',
    "docker-not-permitted",
    'Not permitted to use Docker at "unix:///var/run/docker.sock"',
  ],
  [
    "Error response from daemon: write /var/lib/docker/tmp/x: no space left on device",
    "docker-disk-full",
    "The engine's disk is full",
  ],
  [
    'docker: Error response from daemon: Conflict. The container name "/bot-bottle-a-bcdef-agent" is already in use by container "3f". You have to remove (or rename) that container to be able to reuse that name.',
    "name-taken",
    'The name "bot-bottle-a-bcdef-agent" is taken already',
  ],
  [
    "Error response from daemon: network with name bot-bottle-a-bcdef-inner already exists",
    "name-taken",
    'The name "bot-bottle-a-bcdef-inner" is taken already',
  ],
  [
    "Error response from daemon: Pool overlaps with other one on this address space",
    "subnet-overlap",
    "The subnet overlaps one that is in use",
  ],
  [
    "Error response from daemon: invalid pool request: Pool overlaps with other one on this address space",
    "subnet-overlap",
    "The subnet overlaps one that is in use",
  ],
  ["Error: No such image: nope:1", "engine-not-found", "No such image: nope:1"],
  [
    "Error response from daemon: No such image: nope:1",
    "engine-not-found",
    "No such image: nope:1",
  ],
  ["Error: No such network: nope", "engine-not-found", "No such network: nope"],
  [
    "Error response from daemon: network nope not found",
    "engine-not-found",
    "network nope not found",
  ],
  [
    "Error response from daemon: No such container: nope",
    "engine-not-found",
    "No such container: nope",
  ],
  [
    "Error response from daemon: Container 3f is not running",
    "container-not-running",
    "Container 3f is not running",
  ],
  [
    "pull access denied for nope, repository does not exist or may require 'docker login'",
    "image-unavailable",
    "pull access denied for nope, repository does not exist or may require 'docker login'",
  ],
];

Deno.test("engineError tells engines' refusals apart", () => {
  for (const [stderr, code, message] of cases) {
    const error = errorOf(stderr);
    deepEqual([error.code, error.message, error.exitCode], [code, message, 125], stderr);
  }
});

Deno.test("engineError says what to do about an engine that can't be used", () => {
  for (const [stderr, code] of cases) {
    const needsHint = [
      "docker-unreachable",
      "docker-not-permitted",
      "docker-disk-full",
      "subnet-overlap",
    ];
    if (needsHint.includes(code)) ok((errorOf(stderr).hint ?? "").length > 20, stderr);
  }
});

Deno.test("engineError gives the engine's own word where the client goes on after it", () => {
  const stderr =
    "Error response from daemon: network x is ambiguous (2 matches found on name)\nfailed to start containers: y\n";
  equal(
    errorOf(stderr, ["start", "y"]).message,
    '"docker start" failed: network x is ambiguous (2 matches found on name)',
  );
});

Deno.test("engineError names the call and nothing of its arguments", () => {
  const error = errorOf("boom", ["network", "create", "--label", "secret=1", "x"], 9);
  equal(error.message, '"docker network create" failed: boom');
  equal(errorOf("", ["start", "secret"], 9).message, '"docker start" failed with exit code 9');
});

Deno.test("printableLines keeps the last lines and escapes what a terminal would act on", () => {
  const many = Array.from({ length: 30 }, (_, i) => `line ${i}`).join("\r\n");
  deepEqual(printableLines(many).length, 20);
  equal(printableLines(many).at(-1), "line 29");
  deepEqual(printableLines("\u001b[31mred\u001b[0m\u0007\n\n \nü\u009b"), [
    "\\x1b[31mred\\x1b[0m\\x07",
    "ü\\x9b",
  ]);
});
