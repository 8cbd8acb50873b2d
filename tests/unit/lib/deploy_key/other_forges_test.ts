import assert from "node:assert/strict";
import { makeKeyPair } from "../../../../lib/deploy_key/key_pair.ts";
import { openProvider } from "../../../../lib/deploy_key/open_provider.ts";
import type { DeployKeyProvider, NewKey } from "../../../../lib/deploy_key/provider.ts";
import type { DeployKeyRecord } from "../../../../lib/deploy_key/record.ts";
import { registerKey } from "../../../../lib/deploy_key/register.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { parseEnvName, parseSlug } from "../../../../lib/names.ts";
import { Secret } from "../../../../lib/secret.ts";
import { answerAsGitHub } from "../../../support/forges/github.ts";
import { answerAsGitLab } from "../../../support/forges/gitlab.ts";
import { sendTo, teamWorld, TOKEN } from "../../../support/forges/in_process.ts";
import type { World } from "../../../support/forges/world.ts";

const TITLE = "bot-bottle demo-abcde widget";
const { signal } = new AbortController();

/** What tells the two apart. */
const forges = [
  {
    forge: "github",
    api: "https://github.example.com/api/v3",
    answer: answerAsGitHub,
    keys: "/api/v3/repos/team/widget/keys",
    scope: /"Administration: write"/,
    wrong: /Bad credentials/,
  },
  {
    forge: "gitlab",
    api: "https://gitlab.example.com",
    answer: answerAsGitLab,
    keys: "/api/v4/projects/team%2Fwidget/deploy_keys",
    scope: /"api"/,
    wrong: /401 Unauthorized/,
  },
] as const;

function open(
  { forge, api, answer }: typeof forges[number],
  world: World,
  { owner = "team", repo = "widget", token = TOKEN } = {},
): DeployKeyProvider {
  const send = sendTo(world, answer);
  return openProvider(forge, { target: { api, owner, repo }, token: new Secret(token), send });
}

async function newKey(title = TITLE, readOnly = false): Promise<NewKey> {
  return { title, readOnly, publicLine: (await makeKeyPair(title)).publicLine };
}

async function failure(work: Promise<unknown>): Promise<BottleError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    assert.ok(!Deno.inspect(error).includes(TOKEN));
    return error;
  }
  throw new Error("nothing failed");
}

for (const forge of forges) {
  Deno.test(`openProvider adds, finds and removes a key at ${forge.forge}, in the form that it wants`, async () => {
    const world = teamWorld();
    const provider = open(forge, world);
    const made = await provider.create(await newKey(), signal);
    const reading = await provider.create(await newKey("another", true), signal);
    assert.deepEqual(world.keys.map(({ readOnly }) => readOnly), [false, true]);
    assert.deepEqual(await provider.list(TITLE, signal), [made]);
    await provider.delete(made.id, signal);
    await provider.delete(made.id, signal);
    assert.deepEqual(world.titles(), [reading.title]);
    assert.ok(world.requests.every((line) => line.split(" ")[1]?.startsWith(forge.keys)));
    assert.deepEqual(world.violations, []);
  });

  Deno.test(`openProvider lists every page at ${forge.forge}`, async () => {
    for (const count of [0, 99, 100, 101, 200]) {
      const world = teamWorld();
      const provider = open(forge, world);
      for (let at = 0; at < count; at++) {
        await provider.create(await newKey(at === count - 1 ? TITLE : `other ${at}`), signal);
      }
      assert.equal((await provider.list(TITLE, signal)).length, Math.min(count, 1), `${count}`);
      assert.deepEqual(world.violations, []);
    }
  });

  Deno.test(`openProvider says of ${forge.forge}'s refusals whose fault it is`, async () => {
    const world = teamWorld();
    world.tokens.set("weak", { user: "ada", scopes: ["read_api"] });
    const create = async (options: Parameters<typeof open>[2]): Promise<BottleError> =>
      await failure(open(forge, world, options).create(await newKey(), signal));
    const wrong = await create({ token: "none-of-theirs" });
    assert.equal(wrong.code, "deploy-key-token");
    assert.match(wrong.message, forge.wrong);
    const weak = await create({ token: "weak" });
    assert.equal(weak.code, "deploy-key-scope");
    assert.match(weak.hint ?? "", forge.scope);
    assert.equal((await create({ repo: "nothing" })).code, "deploy-key-repository");
    const key = await newKey();
    const provider = open(forge, world);
    await provider.create(key, signal);
    assert.equal((await failure(provider.create(key, signal))).code, "deploy-key-conflict");
    assert.deepEqual(world.violations, []);
  });

  Deno.test(`registerKey replaces keys of its title at ${forge.forge}, where there may be many`, async () => {
    const world = teamWorld();
    const provider = open(forge, world);
    for (let times = 0; times < 3; times++) await provider.create(await newKey(), signal);
    await provider.create(await newKey("of somebody else"), signal);
    const name = parseEnvName("TOKEN");
    assert.ok(name !== undefined);
    const record: Omit<DeployKeyRecord, "id"> = {
      slug: parseSlug("demo-abcde"),
      name: "widget",
      provider: forge.forge,
      api: forge.api,
      owner: "team",
      repo: "widget",
      title: TITLE,
      token: { kind: "env", name },
      createdAt: "2026-01-02T03:04:05.678Z",
    };
    const written: (string | null)[] = [];
    const store = {
      put: ({ id }: DeployKeyRecord) => (written.push(id), Promise.resolve()),
      remove: () => (written.push("gone"), Promise.resolve()),
    };
    await registerKey(record, { readOnly: false }, { provider, signal, store });
    assert.deepEqual(world.titles(), ["of somebody else", TITLE]);
    assert.deepEqual(written, [null, "45"]);
    const refused = open(forge, world, { token: "none-of-theirs" });
    const error = await failure(
      registerKey(record, { readOnly: false }, { provider: refused, signal, store }),
    );
    assert.equal(error.code, "deploy-key-token");
    assert.deepEqual(written, [null, "45", null, "gone"]);
    assert.deepEqual(world.violations, []);
  });
}

Deno.test("openProvider names a GitLab project by its whole path, groups and all", async () => {
  const world = teamWorld();
  world.addRepo({ owner: "tools/build", name: "widget", admins: ["ada"], readers: [] });
  const [, gitlab] = forges;
  await open(gitlab, world, { owner: "tools/build" }).create(await newKey(), signal);
  assert.deepEqual(world.requests, [
    "POST /api/v4/projects/tools%2Fbuild%2Fwidget/deploy_keys",
  ]);
  assert.deepEqual(world.violations, []);
});
