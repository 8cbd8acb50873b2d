import assert from "node:assert/strict";
import { createForgeSend } from "../../../../cli/forge/send.ts";
import { formatOutcome, parseJob } from "../../../../lib/deploy_key/request_line.ts";
import { BottleError } from "../../../../lib/errors.ts";
import type { RunOptions, RunResult } from "../../../../lib/process/run.ts";
import { Secret } from "../../../../lib/secret.ts";
import { fakeRun } from "../../../support/context.ts";

const form = { execPath: "/bin/deno", isCompiled: false, entry: "file:///x/main.ts", uid: 1000 };
const request = {
  method: "GET",
  url: "https://gitea.example.com/api/v1/x",
  authorization: { name: "authorization", value: new Secret("token abc") },
} as const;
const { signal } = new AbortController();

interface Seen {
  readonly argv: readonly string[];
  readonly options: RunOptions;
}

/** Sends through a process that ends so; what it was started with. */
async function send(
  result: Partial<RunResult>,
  env: Readonly<Record<string, string>> = {},
  compiled = false,
): Promise<{ readonly seen: Seen; readonly answer: unknown }> {
  let seen: Seen | undefined;
  const run = fakeRun((argv, options) => {
    seen = { argv, options };
    return result;
  });
  const sender = createForgeSend({ run, env: (name) => env[name] }, {
    ...form,
    isCompiled: compiled,
  });
  const answer = await sender(request, signal).catch((error: unknown) => error);
  assert.ok(seen !== undefined);
  return { seen, answer };
}

const text = (answer: string): Partial<RunResult> => ({ stdout: new TextEncoder().encode(answer) });
const fine = text(formatOutcome({ kind: "response", response: { status: 204, body: "" } }));

Deno.test("createForgeSend starts a process that may reach the forge and nothing else", async () => {
  const { seen, answer } = await send(fine, {
    HOME: "/home/ada",
    GITEA_TOKEN: "abc",
    HTTPS_PROXY: "x",
  });
  assert.deepEqual(answer, { status: 204, body: "" });
  assert.deepEqual(seen.argv, [
    ...["/bin/deno", "run", "--quiet", "--no-prompt", "--allow-net=gitea.example.com:443"],
    ...["file:///x/main.ts", "ask-forge"],
  ]);
  assert.equal(seen.options.clearEnv, true);
  assert.deepEqual(seen.options.env, {
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
    HOME: "/home/ada",
  });
  assert.equal(seen.options.signal, signal);
});

Deno.test("createForgeSend tells the token by stdin and nowhere else", async () => {
  const { seen } = await send(fine);
  const { stdin, ...others } = seen.options;
  assert.ok(typeof stdin === "string");
  assert.equal(parseJob(JSON.parse(stdin)).request.authorization.value.reveal(), "token abc");
  assert.ok(!Deno.inspect([seen.argv, others]).includes("abc"));
});

Deno.test("createForgeSend goes by the company's proxy, which the process may reach too", async () => {
  const { seen } = await send(fine, { BOT_BOTTLE_UPSTREAM_PROXY: "http://ada:pw@192.0.2.1:3128" });
  assert.ok(seen.argv.includes("--allow-net=gitea.example.com:443,192.0.2.1:3128"));
  assert.ok(!seen.argv.join(" ").includes("pw"));
  assert.ok(typeof seen.options.stdin === "string");
  const { way } = parseJob(JSON.parse(seen.options.stdin));
  assert.equal(way.proxy?.credentials?.password.reveal(), "pw");
});

Deno.test("createForgeSend starts a compiled program as itself", async () => {
  const { seen } = await send(fine, {}, true);
  assert.deepEqual(seen.argv, ["/bin/deno", "ask-forge"]);
});

Deno.test("createForgeSend hands on the error that the process answers", async () => {
  const error = new BottleError("Cannot reach it", {
    code: "deploy-key-unreachable",
    hint: "Look",
  });
  const { answer } = await send(text(formatOutcome({ kind: "error", error })));
  assert.ok(answer instanceof BottleError);
  assert.deepEqual([answer.message, answer.code, answer.hint], [
    "Cannot reach it",
    "deploy-key-unreachable",
    "Look",
  ]);
});

Deno.test("createForgeSend says how a process ended that answers nothing, and shows nothing of its words", async () => {
  const stderr = new TextEncoder().encode("panic: token abc");
  for (const result of [{ code: 137, stderr }, { code: 1, ...fine, stderr }, text("{"), text("")]) {
    const { answer } = await send(result);
    assert.ok(answer instanceof BottleError);
    assert.match(answer.message, /^The process that asks the forge ended with exit code [0-9]+$/);
    assert.ok(!Deno.inspect(answer).includes("abc"));
  }
});
