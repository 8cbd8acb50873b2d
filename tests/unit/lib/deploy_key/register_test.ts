import assert from "node:assert/strict";
import type { SendRequest } from "../../../../lib/deploy_key/api_request.ts";
import { openGitea } from "../../../../lib/deploy_key/gitea.ts";
import type { DeployKeyRecord } from "../../../../lib/deploy_key/record.ts";
import { type KeyParts, registerKey, withdrawKey } from "../../../../lib/deploy_key/register.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { parseEnvName, parseSlug } from "../../../../lib/names.ts";
import { Secret } from "../../../../lib/secret.ts";
import { sendTo, teamWorld, TOKEN } from "../../../support/forges/in_process.ts";
import type { World } from "../../../support/forges/world.ts";

const name = parseEnvName("GITEA_TOKEN");
assert.ok(name !== undefined);
const wanted: Omit<DeployKeyRecord, "id"> = {
  slug: parseSlug("demo-abcde"),
  name: "widget",
  provider: "gitea",
  api: "https://gitea.example.com",
  owner: "team",
  repo: "widget",
  title: "bot-bottle demo-abcde widget",
  token: { kind: "env", name },
  createdAt: "2026-01-02T03:04:05.678Z",
};
const writing = { readOnly: false };

interface Stage {
  readonly world: World;
  /** What is written down, as it was at each change: the id, `null`, or `gone`. */
  readonly written: (string | null)[];
  readonly parts: KeyParts;
}

/** @param around what happens to a request; default it goes on */
function stage(
  around: (next: () => ReturnType<SendRequest>, step: string) => ReturnType<SendRequest> = (next) =>
    next(),
): Stage {
  const world = teamWorld();
  const written: (string | null)[] = [];
  const real = sendTo(world);
  const send: SendRequest = (request, signal) => {
    // Nothing is asked for that isn't written down.
    assert.ok(request.method !== "POST" || written.at(-1) === null);
    return around(() => real(request, signal), request.method);
  };
  const { signal } = new AbortController();
  return {
    world,
    written,
    parts: {
      signal,
      provider: openGitea({ target: wanted, token: new Secret(TOKEN), send }),
      store: {
        put: ({ id }) => (written.push(id), Promise.resolve()),
        remove: () => (written.push("gone"), Promise.resolve()),
      },
    },
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    return error.code;
  }
}

const refuse = (status: number): ReturnType<SendRequest> => Promise.resolve({ status, body: "" });
const breakOff = (): ReturnType<SendRequest> =>
  Promise.reject(new BottleError("Cut", { code: "deploy-key-unreachable" }));

Deno.test("registerKey writes a key down before it asks for it, and its id after", async () => {
  const { world, written, parts } = stage();
  const secret = await registerKey(wanted, writing, parts);
  assert.match(secret.reveal(), /^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  assert.deepEqual(written, [null, "41"]);
  assert.deepEqual(world.titles(), [wanted.title]);
  assert.ok(world.keys[0]?.line.endsWith(` ${wanted.title}`));
});

Deno.test("registerKey replaces a key of its title that nobody remembers", async () => {
  const { world, written, parts } = stage();
  await registerKey(wanted, writing, parts);
  const [stale] = world.keys;
  await registerKey(wanted, writing, parts);
  assert.equal(world.keys.length, 1);
  assert.notEqual(world.keys[0]?.line, stale?.line);
  assert.deepEqual(written, [null, "41", null, "42"]);
  assert.deepEqual(world.requests.map((line) => line.split(" ")[0]), [
    ...["POST"],
    ...["POST", "GET", "DELETE", "POST"],
  ]);
});

Deno.test("registerKey forgets a key that the forge refused, and remembers one that may be there", async () => {
  const cases = [
    [401, "deploy-key-token", true],
    [403, "deploy-key-scope", true],
    [404, "deploy-key-repository", true],
    [307, "deploy-key-api", false],
    [500, "deploy-key-api", false],
    [504, "deploy-key-api", false],
  ] as const;
  for (const [status, code, isForgotten] of cases) {
    const { written, parts } = stage(() => refuse(status));
    assert.equal(await codeOf(registerKey(wanted, writing, parts)), code);
    assert.deepEqual(written, isForgotten ? [null, "gone"] : [null]);
  }
});

Deno.test("registerKey remembers a key whose answer was lost", async () => {
  const { world, written, parts } = stage(async (next) => (await next(), await breakOff()));
  assert.equal(await codeOf(registerKey(wanted, writing, parts)), "deploy-key-unreachable");
  assert.deepEqual(written, [null]);
  assert.deepEqual(world.titles(), [wanted.title]);
});

Deno.test("registerKey takes a conflict for a refusal where nothing of its title is there", async () => {
  for (const status of [409, 422]) {
    const { written, parts } = stage((next, method) => method === "POST" ? refuse(status) : next());
    assert.equal(await codeOf(registerKey(wanted, writing, parts)), "deploy-key-conflict");
    assert.deepEqual(written, [null, "gone"]);
  }
});

Deno.test("registerKey says that an old key is in the way where it can't be replaced, and remembers it", async () => {
  for (const method of ["GET", "DELETE"]) {
    const { world, written, parts } = stage((next, step) => step === method ? refuse(403) : next());
    await registerKey(wanted, writing, parts);
    assert.equal(await codeOf(registerKey(wanted, writing, parts)), "deploy-key-stale");
    assert.deepEqual(written, [null, "41", null]);
    assert.equal(world.keys.length, 1);
  }
});

Deno.test("withdrawKey removes a key by its id, or by its title where no id is known", async () => {
  for (const id of ["41", null]) {
    const { world, written, parts } = stage();
    await registerKey(wanted, writing, parts);
    world.addKey({ ...world.keys[0] ?? assert.fail(), title: "of somebody else" });
    await withdrawKey({ ...wanted, id }, parts);
    assert.deepEqual(world.titles(), ["of somebody else"]);
    assert.deepEqual(written, [null, "41", "gone"]);
  }
});

Deno.test("withdrawKey takes a key, or a repository, that is gone for removed", async () => {
  const { world, written, parts } = stage();
  await withdrawKey({ ...wanted, id: "4711" }, parts);
  await withdrawKey({ ...wanted, id: null }, parts);
  world.repos.length = 0;
  await withdrawKey({ ...wanted, id: "4711" }, parts);
  await withdrawKey({ ...wanted, id: null }, parts);
  assert.deepEqual(written, ["gone", "gone", "gone", "gone"]);
});

Deno.test("withdrawKey remembers a key that could not be removed", async () => {
  for (const id of ["41", null]) {
    for (const answer of [() => refuse(401), () => refuse(403), () => refuse(500), breakOff]) {
      const { written, parts } = stage(answer);
      assert.match(await codeOf(withdrawKey({ ...wanted, id }, parts)), /^deploy-key-/);
      assert.deepEqual(written, []);
    }
  }
});
