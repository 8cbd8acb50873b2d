import assert from "node:assert/strict";
import { parseSlug } from "../../../../lib/names.ts";
import type { BottleState } from "../../../../lib/state/state.ts";
import { StateStore } from "../../../../lib/state/store.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const slug = parseSlug("demo-ab12c");

const state: BottleState = {
  schema: 2,
  slug,
  agent: "demo",
  bottle: null,
  label: "nightly",
  backend: "docker",
  cwd: "/work",
  route_changes: [],
  transcript_paths: [],
  bundle_networks: [{ name: "app_default", hosts: ["db.local"] }],
  image: null,
  image_used: null,
  credential_type: null,
  runtime: null,
  workspace: null,
  keep: false,
  created_at: "2026-01-02T03:04:05.678Z",
  phase: "launching",
  sessions: 0,
  consent: "0".repeat(64),
  last: null,
  agent_start: null,
};

Deno.test("StateStore gives back what was written, for its owner only", async () => {
  await using files = await manifestFiles();
  const store = new StateStore(files.home);
  assert.deepEqual(await store.all(), { states: [], corrupted: [] });
  await store.create(state);
  assert.deepEqual(await store.read(slug), state);
  const last = { ended_at: "2026-01-02T04:00:00.000Z", exit_code: 137, by: "agent" } as const;
  assert.deepEqual(await store.update(slug, { phase: "stopped", last }), {
    ...state,
    phase: "stopped",
    last,
  });
  assert.deepEqual((await store.all()).states, [await store.read(slug)]);
  const folder = `${files.home}/state/${slug}`;
  assert.equal(((await Deno.stat(folder)).mode ?? 0) & 0o777, 0o700);
  assert.equal(((await Deno.stat(`${folder}/state.json`)).mode ?? 0) & 0o777, 0o600);
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  assert.deepEqual(names.sort(), ["change.lock", "state.json"]);
  await store.remove(slug);
  await store.remove(slug);
  assert.equal(await store.has(slug), false);
});

Deno.test("StateStore.create refuses a name that is taken", async () => {
  await using files = await manifestFiles();
  const store = new StateStore(files.home);
  await store.create(state);
  await assert.rejects(store.create(state), { code: "bottle-exists" });
});

Deno.test("StateStore says what it does not know", async () => {
  await using files = await manifestFiles();
  const store = new StateStore(files.home);
  await assert.rejects(store.read(slug), { code: "bottle-unknown" });
  await assert.rejects(store.lock(slug), { code: "bottle-unknown" });
  assert.equal(await store.isLocked(slug), false);
});

const broken: readonly (readonly [what: string, text: string, why: RegExp])[] = [
  ["empty", "", /the file is empty/],
  ["cut off", '{"schema":1,', /not JSON/],
  ["of a later version", JSON.stringify({ ...state, schema: 3 }), /schema: /],
  ["with a key too many", JSON.stringify({ ...state, token: "x" }), /token/],
  ["with a bad value", JSON.stringify({ ...state, sessions: -1 }), /sessions: /],
  ["of another bottle", JSON.stringify({ ...state, slug: "demo-zzzzz" }), /it is of "demo-zzzzz"/],
  ["with a path for a name", JSON.stringify({ ...state, slug: "../x" }), /Not a bottle's name/],
];

for (const [what, text, why] of broken) {
  Deno.test(`StateStore tells a state apart that is ${what}`, async () => {
    await using files = await manifestFiles();
    const store = new StateStore(files.home);
    await store.create({ ...state, slug: parseSlug("good-ab12c") });
    await files.write(`home/state/${slug}/state.json`, text);
    const { states, corrupted } = await store.all();
    assert.deepEqual(states.map((each) => each.slug), ["good-ab12c"]);
    assert.deepEqual(corrupted.map(({ name }) => name), [slug]);
    assert.match(corrupted[0]?.why ?? "", why);
    await assert.rejects(store.read(slug));
    await store.remove(slug);
    assert.deepEqual((await store.all()).corrupted, []);
  });
}

Deno.test("StateStore.all passes over what is no bottle's folder", async () => {
  await using files = await manifestFiles({
    "home/state/logs/build.log": "",
    "home/state/outer-network.lock": "",
  });
  assert.deepEqual(await new StateStore(files.home).all(), { states: [], corrupted: [] });
});

Deno.test("StateStore tells a folder without a state apart", async () => {
  await using files = await manifestFiles({ [`home/state/${slug}/lock`]: "" });
  const { corrupted } = await new StateStore(files.home).all();
  assert.deepEqual(corrupted.map(({ name, why }) => [name, why]), [
    [slug, "its launch ended before it began"],
  ]);
});

Deno.test("StateStore.all takes no bottle for broken that goes while it looks", async () => {
  await using files = await manifestFiles();
  const store = new StateStore(files.home);
  for (let times = 0; times < 20; times++) {
    const names = Array.from("abcdefgh", (letter) => parseSlug(`demo-${letter}b12c`));
    for (const name of names) await store.create({ ...state, slug: name });
    const [{ corrupted }] = await Promise.all([
      store.all(),
      ...names.toReversed().map((name) => store.remove(name)),
    ]);
    assert.deepEqual(corrupted, []);
  }
});

Deno.test("StateStore.lock keeps others out until it is given back", async () => {
  await using files = await manifestFiles();
  const store = new StateStore(files.home);
  await store.create(state);
  {
    using _lock = await store.lock(slug);
    await assert.rejects(store.lock(slug), { code: "bottle-busy" });
    assert.equal(await store.isLocked(slug), true);
  }
  assert.equal(await store.isLocked(slug), false);
});

Deno.test("StateStore.update lets changes of different fields at once all have their way", async () => {
  await using files = await manifestFiles();
  const stores = Array.from({ length: 8 }, () => new StateStore(files.home));
  await stores[0]?.create({ ...state, sessions: 0 });
  await Promise.all([
    ...stores.map((store) => store.update(slug, ({ sessions }) => ({ sessions: sessions + 1 }))),
    ...stores.map((store) => store.update(slug, { label: "nightly" })),
  ]);
  const { sessions, label } = await new StateStore(files.home).read(slug);
  assert.deepEqual([sessions, label], [8, "nightly"]);
});

Deno.test("StateStore.update brings no bottle back that is removed at the same time", async () => {
  await using files = await manifestFiles();
  const store = new StateStore(files.home);
  for (let round = 0; round < 30; round++) {
    await store.create(state);
    await Promise.allSettled([
      ...[1, 2, 3].map((sessions) => store.update(slug, { sessions })),
      store.remove(slug),
      ...[4, 5, 6].map((sessions) => store.update(slug, { sessions })),
    ]);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${files.home}/state`)), []);
  }
});

Deno.test("StateStore.remove takes along what a removal that was broken off has left", async () => {
  await using files = await manifestFiles({ "home/state/.removed-1234/state.json": "{}" });
  const store = new StateStore(files.home);
  await store.create(state);
  await store.remove(slug);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${files.home}/state`)), []);
});
