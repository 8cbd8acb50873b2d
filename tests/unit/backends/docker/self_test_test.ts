import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  judgeFindings,
  parseFindings,
  runSelfTest,
  type SelfTestTarget,
} from "../../../../backends/docker/self_test.ts";
import type { ExecResult } from "../../../../lib/bottle.ts";

const subnet = { cidr: "10.7.0.0/29", gateway: "10.7.0.1", bundle: "10.7.0.2", agent: "10.7.0.3" };
const target = (runtime: SelfTestTarget["runtime"]): SelfTestTarget => ({
  subnet,
  proxyPort: 9099,
  runtime,
});
const VALUE = "value-1";
const HASH = createHash("sha256").update(VALUE).digest("hex");

const good: Readonly<Record<string, string>> = {
  "denied-status": "HTTP/1.1 403 Forbidden",
  "denied-block": "host-not-allowed",
  "denied-body": "{}",
  "swap-status": "HTTP/1.1 200 OK",
  "swap-block": "",
  "swap-body": `{"sha256":"${HASH}"}`,
  gateway: "bash: connect: Connection refused",
  outside: "bash: line 9: /dev/tcp/203.0.113.1/443: Network is unreachable",
  neighbour: "10.7.0.2",
  sealed: "bash: echo: write error: Operation not permitted",
  ipv6: "bash: connect: Cannot assign requested address",
  end: "1",
};

function told(changes: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ ...good, ...changes }).map(([name, value]) => `${name}=${value}\n`).join(
    "",
  );
}

Deno.test("judgeFindings passes what a tight bottle shows", () => {
  equal(judgeFindings(parseFindings(told()), subnet, VALUE), null);
  const refused = told({
    gateway: "bash: connect: Operation not permitted",
    outside: "bash: connect: Connection refused",
  });
  equal(judgeFindings(parseFindings(refused), subnet, VALUE), null);
});

Deno.test("judgeFindings names the check that failed", () => {
  const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ end: "" }, /did not run to its end/],
    [{ "denied-status": "unreachable" }, /cannot reach egress/],
    [{ "swap-status": "unreachable" }, /cannot reach egress/],
    [{ "denied-status": "HTTP/1.1 200 Connection established" }, /no route names/],
    [{ "denied-status": "" }, /no route names/],
    [{ "denied-block": "" }, /no route names/],
    [{ "swap-body": createHash("sha256").update("other").digest("hex") }, /did not swap/],
    [{ "swap-body": "" }, /did not swap/],
    [{ "swap-status": "HTTP/1.1 403 Forbidden" }, /did not swap/],
    [{ gateway: "connected" }, /gateway 10\.7\.0\.1 is not out of reach/],
    [{ gateway: "pending" }, /gateway 10\.7\.0\.1 is not out of reach/],
    [{ gateway: "bash: connect: No route to host" }, /gateway/],
    [{ sealed: "no" }, /not sealed/],
    [{ ipv6: "out" }, /IPv6 is not off/],
    [{ ipv6: "bash: connect: Invalid argument" }, /IPv6 is not off/],
    [{ gateway: "" }, /gateway/],
    [{ gateway: "some words that nobody knows" }, /gateway/],
    [{ neighbour: "10.7.0.2\nneighbour=10.7.0.1" }, /gateway 10\.7\.0\.1 is not out of reach/],
    [{ neighbour: "10.7.0.5" }, /10\.7\.0\.5 answers/],
    [{ outside: "connected" }, /direct connection/],
    [{ outside: "pending" }, /direct connection/],
    [{ outside: "bash: connect: Connection timed out" }, /direct connection/],
  ];
  for (const [changes, why] of cases) {
    const failure = judgeFindings(parseFindings(told(changes)), subnet, VALUE);
    ok(failure !== null && why.test(failure), `${JSON.stringify(changes)}: ${failure}`);
  }
  for (const name of Object.keys(good)) {
    if (["denied-body", "swap-block", "neighbour"].includes(name)) continue;
    const without = told().split("\n").filter((line) => !line.startsWith(`${name}=`)).join("\n");
    ok(judgeFindings(parseFindings(without), subnet, VALUE) !== null, `without ${name}`);
  }
});

Deno.test("runSelfTest hands over addresses and placeholder, never the value", async () => {
  const asked: string[][] = [];
  const bottle = {
    exec: (argv: readonly string[]): Promise<ExecResult> => {
      asked.push(argv.slice(3));
      return Promise.resolve({ code: 0, stdout: told(), stderr: "" });
    },
  };
  const secret = { placeholder: "placeholder-1", value: VALUE };
  const { signal } = new AbortController();
  await runSelfTest(bottle, target(null), secret, signal);
  deepEqual(asked, [[
    "self-test",
    "10.7.0.2",
    "9099",
    "10.7.0.1",
    "203.0.113.1",
    "443",
    "placeholder-1",
    "self-test.bot-bottle.invalid",
  ]]);
});

Deno.test("runSelfTest throws with what was found", async () => {
  const bottle = {
    exec: (): Promise<ExecResult> =>
      Promise.resolve({ code: 0, stdout: told({ gateway: "connected" }), stderr: "bash: odd\n" }),
  };
  const secret = { placeholder: "p", value: VALUE };
  await rejects(
    runSelfTest(bottle, target(null), secret, new AbortController().signal),
    {
      code: "self-test-failed",
      exitCode: 125,
      message:
        "The bottle's self-test failed: the network's gateway 10.7.0.1 is not out of reach: so may the host be",
    },
  );
});

Deno.test("runSelfTest says under gVisor how the seal would bind it", async () => {
  const bottle = {
    exec: (): Promise<ExecResult> =>
      Promise.resolve({ code: 0, stdout: told({ sealed: "no" }), stderr: "" }),
  };
  const secret = { placeholder: "p", value: VALUE };
  const { signal } = new AbortController();
  await rejects(runSelfTest(bottle, target("runsc"), secret, signal), {
    code: "self-test-failed",
    exitCode: 125,
    hint: /register.*--network=host; or pass --runtime runc/,
  });
});
