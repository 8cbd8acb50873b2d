import assert from "node:assert/strict";
import type { ApiResponse } from "../../../../lib/deploy_key/api_request.ts";
import { createSend } from "../../../../lib/deploy_key/send_request.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { Secret } from "../../../../lib/secret.ts";
import { TOKEN } from "../../../support/forges/in_process.ts";
import { type ForgeServer, startForge } from "../../../support/forges/server.ts";

const authorization = { name: "authorization", value: new Secret(`token ${TOKEN}`) } as const;
const { signal } = new AbortController();

async function startTeam(): Promise<ForgeServer> {
  const forge = await startForge();
  forge.world.addRepo({ owner: "team", name: "widget", admins: ["ada"], readers: [] });
  forge.world.tokens.set(TOKEN, { user: "ada", scopes: ["write:repository"] });
  return forge;
}

/** The list of a repository's keys, over real TLS. */
async function list(
  { api, caPem }: Pick<ForgeServer, "api" | "caPem">,
  options: { readonly timeoutMs?: number; readonly extraCaPem?: string | null } = {},
): Promise<ApiResponse> {
  const { extraCaPem = caPem, ...rest } = options;
  const url = `${api}/api/v1/repos/team/widget/keys?page=1&limit=50`;
  const send = createSend({ extraCaPem, proxy: null }, rest);
  return await send({ method: "GET", url, authorization }, signal);
}

async function failure(work: Promise<unknown>): Promise<BottleError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    assert.equal(error.code, "deploy-key-unreachable");
    assert.ok(!Deno.inspect(error).includes(TOKEN));
    assert.ok(!/[.!]$/.test(error.message), error.message);
    return error;
  }
  throw new Error("nothing failed");
}

Deno.test("createSend asks over TLS that the extra CA vouches for, and says how many items there are", async () => {
  await using forge = await startTeam();
  assert.deepEqual(await list(forge), { status: 200, body: "[]", total: 0 });
  const two = `${(await startOther()).caPem}${forge.caPem}`;
  assert.equal((await list(forge, { extraCaPem: two })).status, 200);
  assert.deepEqual(forge.world.violations, []);
});

async function startOther(): Promise<{ readonly caPem: string }> {
  await using other = await startForge();
  return { caPem: other.caPem };
}

Deno.test("createSend sends nothing to a server whose certificate nobody vouches for", async () => {
  await using forge = await startTeam();
  const { caPem } = await startOther();
  for (const extraCaPem of [null, caPem]) {
    const { message } = await failure(list(forge, { extraCaPem }));
    assert.match(message, /^Cannot reach the API at "https:\/\/localhost:[0-9]+": .*certificate/i);
  }
  assert.deepEqual(forge.world.requests, []);
});

Deno.test("createSend hands a redirect back and takes the token nowhere", async () => {
  await using other = await startTeam();
  await using forge = await startTeam();
  for (const to of [`${other.api}/api/v1/repos/team/widget/keys?page=1&limit=50`, "/elsewhere"]) {
    forge.fault = () => ({ kind: "redirect", to });
    assert.equal((await list(forge)).status, 307);
  }
  assert.deepEqual([other.world.requests, forge.world.requests], [[], []]);
});

Deno.test("createSend waits no longer than it may, neither for the answer nor for its rest", async () => {
  await using forge = await startTeam();
  for (const fault of [{ kind: "hang" }, { kind: "slow", ms: 60_000 }] as const) {
    forge.fault = () => fault;
    assert.match(
      (await failure(list(forge, { timeoutMs: 200 }))).message,
      /no answer within 0.2 s/,
    );
  }
});

Deno.test("createSend tells of an answer that breaks off, and reads no endless one", async () => {
  await using forge = await startTeam();
  forge.fault = () => ({ kind: "cut" });
  await failure(list(forge));
  forge.fault = () => ({ kind: "huge" });
  assert.match((await failure(list(forge))).message, /its answer is too long/);
});

Deno.test("createSend tells of a server that isn't there", async () => {
  let gone: Pick<ForgeServer, "api" | "caPem">;
  {
    await using forge = await startTeam();
    gone = { api: forge.api, caPem: forge.caPem };
  }
  await failure(list(gone));
});

Deno.test("createSend ends with the caller's signal, and by its reason", async () => {
  await using forge = await startTeam();
  forge.fault = () => ({ kind: "hang" });
  const ending = new AbortController();
  const reason = new Error("enough");
  const send = createSend({ extraCaPem: forge.caPem, proxy: null });
  const asked = send({ method: "GET", url: `${forge.api}/x`, authorization }, ending.signal);
  ending.abort(reason);
  await assert.rejects(asked, (error) => error === reason);
});

Deno.test("createSend shows a proxy of this process's variables nothing that is not encrypted", async () => {
  const seen: string[] = [];
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  await using proxy = Deno.serve(options, ({ method, url }) => {
    seen.push(`${method} ${url}`);
    return new Response("[]");
  });
  await using plain = Deno.serve(options, () => new Response("[]"));
  await using six = Deno.serve({ ...options, hostname: "::1" }, () => new Response("[]"));
  const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY"];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const name of names) Deno.env.set(name, `http://127.0.0.1:${proxy.addr.port}`);
    const send = createSend({ extraCaPem: null, proxy: null });
    const { port } = plain.addr;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${six.addr.port}`]) {
      const url = `http://${host}/api/v1/repos/team/widget/keys`;
      assert.equal((await send({ method: "GET", url, authorization }, signal)).body, "[]");
    }
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
  assert.deepEqual(seen, []);
});
