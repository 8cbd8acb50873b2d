import assert from "node:assert/strict";
import {
  formatJob,
  formatOutcome,
  parseJob,
  parseOutcome,
  type SendJob,
  type SendOutcome,
} from "../../../../lib/deploy_key/request_line.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { Secret } from "../../../../lib/secret.ts";

const job: SendJob = {
  request: {
    method: "POST",
    url: "https://gitea.example.com/api/v1/repos/a/b/keys",
    authorization: { name: "authorization", value: new Secret("token abc") },
    body: { title: "a title", read_only: true },
    accept: "application/json",
  },
  way: {
    extraCaPem: "pem",
    proxy: {
      host: "proxy",
      port: 3128,
      credentials: { username: "ada", password: new Secret("pw") },
    },
  },
};

Deno.test("parseJob reads what formatJob wrote, secrets and all", () => {
  const read = parseJob(JSON.parse(formatJob(job)));
  assert.deepEqual(JSON.parse(formatJob(read)), JSON.parse(formatJob(job)));
  assert.equal(read.request.authorization.value.reveal(), "token abc");
  assert.equal(read.way.proxy?.credentials?.password.reveal(), "pw");
  const plain: SendJob = {
    request: { method: "GET", url: "https://x/", authorization: job.request.authorization },
    way: { extraCaPem: null, proxy: null },
  };
  assert.deepEqual(
    JSON.parse(formatJob(parseJob(JSON.parse(formatJob(plain))))),
    JSON.parse(formatJob(plain)),
  );
  const open = {
    ...plain,
    way: { extraCaPem: null, proxy: { host: "p", port: 1, credentials: null } },
  };
  assert.deepEqual(parseJob(JSON.parse(formatJob(open))).way, open.way);
});

Deno.test("parseJob refuses anything else, and quotes nothing of it", () => {
  const good = JSON.parse(formatJob(job));
  const { request } = good;
  const bad: readonly unknown[] = [
    null,
    {},
    { ...good, request: { ...request, url: "http://gitea.example.com/" } },
    { ...good, request: { ...request, method: "PUT" } },
    { ...good, request: { ...request, authorization: { name: "cookie", value: "token abc" } } },
    { ...good, request: { ...request, authorization: { name: "authorization" } } },
    { ...good, request: { ...request, body: { token: ["token abc"] } } },
    { ...good, way: { proxy: { host: "proxy", port: "token abc" } } },
    { ...good, way: undefined },
  ];
  for (const value of bad) {
    assert.throws(() => parseJob(value), (error: unknown) => {
      assert.ok(error instanceof BottleError && error.code === "shape-invalid");
      return !error.message.includes("abc");
    });
  }
});

Deno.test("parseOutcome reads what formatOutcome wrote", () => {
  const error = new BottleError("Cannot", { code: "deploy-key-unreachable", hint: "Do" });
  const bare = new BottleError("Cannot", { code: "deploy-key-unreachable" });
  const outcomes: readonly SendOutcome[] = [
    { kind: "response", response: { status: 204, body: "" } },
    { kind: "response", response: { status: 200, body: "[]", total: 7 } },
    { kind: "error", error },
    { kind: "error", error: bare },
  ];
  for (const outcome of outcomes) {
    const read = parseOutcome(JSON.parse(formatOutcome(outcome)));
    assert.deepEqual(read, outcome);
  }
  for (const bad of [null, {}, { response: { status: "200" } }, { error: { message: 1 } }]) {
    assert.throws(() => parseOutcome(bad), { code: "shape-invalid" });
  }
});
