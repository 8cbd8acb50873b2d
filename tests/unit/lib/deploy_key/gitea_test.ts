import assert from "node:assert/strict";
import type { ApiResponse, SendRequest } from "../../../../lib/deploy_key/api_request.ts";
import { openGitea } from "../../../../lib/deploy_key/gitea.ts";
import { makeKeyPair } from "../../../../lib/deploy_key/key_pair.ts";
import type { DeployKeyProvider } from "../../../../lib/deploy_key/provider.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { Secret } from "../../../../lib/secret.ts";
import { sendTo, teamWorld, TOKEN } from "../../../support/forges/in_process.ts";
import type { World } from "../../../support/forges/world.ts";

const TITLE = "bot-bottle demo-abcde widget";
const { signal } = new AbortController();
const api = "https://gitea.example.com";

function open(
  send: SendRequest,
  { repo = "widget", owner = "team", token = TOKEN }: {
    readonly repo?: string;
    readonly owner?: string;
    readonly token?: string;
  } = {},
): DeployKeyProvider {
  return openGitea({ target: { api, owner, repo }, token: new Secret(token), send });
}

async function newKey(title = TITLE, readOnly = false): Promise<{
  readonly title: string;
  readonly publicLine: string;
  readonly readOnly: boolean;
}> {
  return { title, readOnly, publicLine: (await makeKeyPair(title)).publicLine };
}

/** The error of a call; it and its causes never have the token. */
async function failure(work: Promise<unknown>): Promise<BottleError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    assert.ok(!Deno.inspect(error).includes(TOKEN));
    assert.ok(!/[.!]$/.test(error.message), error.message);
    return error;
  }
  throw new Error("nothing failed");
}

/** A server that gives this answer, whatever it is asked. */
const always = (response: ApiResponse): SendRequest => () => Promise.resolve(response);

function tidy(world: World): void {
  assert.deepEqual(world.violations, []);
}

Deno.test("openGitea adds, finds and removes a key, in the form that Gitea wants", async () => {
  const world = teamWorld();
  const gitea = open(sendTo(world));
  const key = await newKey();
  const made = await gitea.create(key, signal);
  assert.deepEqual(made, { id: "41", title: TITLE });
  assert.equal(world.keys[0]?.line, key.publicLine);
  assert.equal(world.keys[0]?.readOnly, false);
  assert.deepEqual(await gitea.list(TITLE, signal), [made]);
  assert.deepEqual(await gitea.list(`${TITLE} `, signal), []);
  await gitea.delete(made.id, signal);
  await gitea.delete(made.id, signal);
  assert.deepEqual(world.keys, []);
  assert.deepEqual(world.requests, [
    "POST /api/v1/repos/team/widget/keys",
    "GET /api/v1/repos/team/widget/keys?page=1&limit=50",
    "GET /api/v1/repos/team/widget/keys?page=1&limit=50",
    "DELETE /api/v1/repos/team/widget/keys/41",
    "DELETE /api/v1/repos/team/widget/keys/41",
  ]);
  tidy(world);
});

Deno.test("openGitea adds a key that can only read where it is asked to", async () => {
  const world = teamWorld();
  await open(sendTo(world)).create(await newKey(TITLE, true), signal);
  assert.equal(world.keys[0]?.readOnly, true);
  tidy(world);
});

Deno.test("openGitea lists every page, and as many as there are", async () => {
  for (const count of [0, 1, 49, 50, 51, 100, 130]) {
    const world = teamWorld();
    const gitea = open(sendTo(world));
    for (let made = 0; made < count; made++) {
      await gitea.create(await newKey(made === count - 1 ? TITLE : `other ${made}`), signal);
    }
    world.requests.length = 0;
    const found = await gitea.list(TITLE, signal);
    assert.deepEqual(found.map(({ title }) => title), count === 0 ? [] : [TITLE]);
    assert.equal(world.requests.length, Math.max(1, Math.ceil(count / 50)), `${count} keys`);
    tidy(world);
  }
});

Deno.test("openGitea lists until an empty page where the server tells no total, and not for ever", async () => {
  let pages = 0;
  const page = (id: number): ApiResponse => ({
    status: 200,
    body: JSON.stringify([{ id, title: TITLE }]),
  });
  const some: SendRequest = () =>
    Promise.resolve(++pages <= 3 ? page(pages) : { status: 200, body: "[]" });
  assert.equal((await open(some).list(TITLE, signal)).length, 3);
  assert.equal(pages, 4);
});

Deno.test("openGitea asks no further where a page says nothing new, and never takes a part for all", async () => {
  let asked = 0;
  const page = (id: number): ApiResponse => ({
    status: 200,
    body: JSON.stringify([{ id, title: TITLE }]),
  });
  const same: SendRequest = () => (asked++, Promise.resolve(page(7)));
  assert.deepEqual(await open(same).list(TITLE, signal), [{ id: "7", title: TITLE }]);
  assert.equal(asked, 2);
  const endless: SendRequest = () => Promise.resolve(page(asked++));
  const error = await failure(open(endless).list(TITLE, signal));
  assert.equal(error.code, "deploy-key-api");
  assert.match(error.message, /more deploy keys than are looked through/);
  assert.equal(asked, 102);
});

Deno.test("openGitea puts odd names into a path and nowhere else", async () => {
  const world = teamWorld();
  const odd = { owner: "te am", repo: "../x?y#z" };
  const error = await failure(open(sendTo(world), odd).list(TITLE, signal));
  assert.equal(error.code, "deploy-key-repository");
  assert.deepEqual(world.requests, [
    "GET /api/v1/repos/te%20am/..%2Fx%3Fy%23z/keys?page=1&limit=50",
  ]);
  tidy(world);
});

Deno.test("openGitea says of each refusal whose fault it is", async () => {
  const world = teamWorld();
  world.tokens.set("of-eve", { user: "eve", scopes: ["write:repository"] });
  world.tokens.set("of-mallory", { user: "mallory", scopes: ["write:repository"] });
  world.tokens.set("weak", { user: "ada", scopes: ["read:repository", "write:issue"] });
  const create = async (options: Parameters<typeof open>[1]): Promise<BottleError> =>
    await failure(open(sendTo(world), options).create(await newKey(), signal));

  const wrong = await create({ token: "none-of-theirs" });
  assert.equal(wrong.code, "deploy-key-token");
  assert.match(wrong.message, /"team\/widget" at "https:\/\/gitea\.example\.com": Gitea does not/);
  const weak = await create({ token: "weak" });
  assert.equal(weak.code, "deploy-key-scope");
  assert.match(weak.message, /required scope\(s\): \[write:repository\]/);
  assert.match(weak.hint ?? "", /"write:repository"/);
  const reader = await create({ token: "of-eve" });
  assert.equal(reader.code, "deploy-key-scope");
  assert.match(reader.hint ?? "", /administrator/);
  assert.equal((await create({ token: "of-mallory" })).code, "deploy-key-repository");
  const missing = await create({ repo: "nothing" });
  assert.equal(missing.code, "deploy-key-repository");
  assert.match(missing.message, /there is no such repository/);
  tidy(world);
});

Deno.test("openGitea tells a title, and a key, that are taken", async () => {
  const world = teamWorld();
  const gitea = open(sendTo(world));
  const key = await newKey();
  await gitea.create(key, signal);
  for (const again of [await newKey(), { ...key, title: "another" }]) {
    const error = await failure(gitea.create(again, signal));
    assert.equal(error.code, "deploy-key-conflict");
  }
  tidy(world);
});

Deno.test("openGitea takes any other answer for none", async () => {
  const cases: readonly (readonly [ApiResponse, RegExp])[] = [
    [{ status: 500, body: "" }, /answers 500$/],
    [{ status: 502, body: "<html>" }, /answers 502$/],
    [{ status: 307, body: "" }, /answers 307$/],
    [{ status: 429, body: "{}" }, /answers 429/],
    [{ status: 204, body: "" }, /answers 204$/],
    [{ status: 200, body: "[]" }, /answers 200$/],
    [{ status: 201, body: "" }, /something else than its API/],
    [{ status: 201, body: "null" }, /something else/],
    [{ status: 201, body: `{"id":"7","title":"${TITLE}","read_only":false}` }, /something else/],
    [{ status: 201, body: `{"id":-7,"title":"${TITLE}","read_only":false}` }, /something else/],
    [{ status: 201, body: `{"id":7,"title":"${TITLE}"}` }, /something else/],
    [{ status: 201, body: `{"id":7,"title":"${TITLE}","read_only":true}` }, /something else/],
    [{ status: 201, body: '{"id":7,"title":"another","read_only":false}' }, /something else/],
  ];
  for (const [response, words] of cases) {
    const error = await failure(open(always(response)).create(await newKey(), signal));
    assert.equal(error.code, "deploy-key-api", response.body);
    assert.match(error.message, words);
  }
  for (const body of ["", "{}", "[1]", '[{"id":1}]', JSON.stringify(Array(1001).fill({}))]) {
    const error = await failure(open(always({ status: 200, body })).list(TITLE, signal));
    assert.equal(error.code, "deploy-key-api", body.slice(0, 40));
  }
});

Deno.test("openGitea takes a key that is gone for removed, and nothing else", async () => {
  await open(always({ status: 404, body: "" })).delete("7", signal);
  for (const status of [200, 301, 401, 403, 409, 500, 503]) {
    await failure(open(always({ status, body: "" })).delete("7", signal));
  }
});

Deno.test("openGitea never repeats the token, also where the server does", async () => {
  for (const message of [`Bad token: ${TOKEN}`, { header: `token ${TOKEN}` }]) {
    const body = JSON.stringify({ message });
    const error = await failure(open(always({ status: 401, body })).delete("7", signal));
    assert.match(error.message, /\[secret\]/);
  }
});

Deno.test("openGitea shows a server's words cut and escaped", async () => {
  const message = `\u001b[2J${"x".repeat(5000)}`;
  const body = JSON.stringify({ message });
  const error = await failure(open(always({ status: 403, body })).delete("7", signal));
  assert.ok(error.message.includes('"\\\\x1b[2Jxxx'), error.message);
  assert.ok(error.message.length < 500);
});
