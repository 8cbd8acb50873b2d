import assert from "node:assert/strict";
import type { DeployKeyRecord } from "../../../../lib/deploy_key/record.ts";
import { RecordStore } from "../../../../lib/deploy_key/record_store.ts";
import type { CredentialSource } from "../../../../lib/manifest/credential.ts";
import { parseEnvName, parseSlug } from "../../../../lib/names.ts";

const name = parseEnvName("GITEA_TOKEN");
assert.ok(name !== undefined);
const record: DeployKeyRecord = {
  slug: parseSlug("demo-abcde"),
  name: "widget",
  provider: "gitea",
  api: "https://gitea.example.com",
  owner: "team",
  repo: "widget",
  title: "bot-bottle demo-abcde widget",
  id: null,
  token: { kind: "env", name },
  createdAt: "2026-01-02T03:04:05.678Z",
};

async function withHome(test: (home: string, store: RecordStore) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await test(home, new RecordStore(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const filesOf = async (home: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(`${home}/deploy_keys`))).map((file) => file.name).sort();

Deno.test("RecordStore keeps a record until it is removed, and nobody else may read it", async () => {
  await withHome(async (home, store) => {
    assert.deepEqual(await store.all(), { records: [], corrupted: [] });
    await store.put(record);
    await store.put({ ...record, id: "41" });
    assert.deepEqual(await store.all(), { records: [{ ...record, id: "41" }], corrupted: [] });
    const [file = ""] = await filesOf(home);
    assert.match(file, /^demo-abcde\.widget\.[0-9a-f]{8}\.json$/);
    assert.equal(((await Deno.stat(`${home}/deploy_keys/${file}`)).mode ?? 0) & 0o777, 0o600);
    assert.equal(((await Deno.stat(`${home}/deploy_keys`)).mode ?? 0) & 0o777, 0o700);
    await store.remove(record);
    await store.remove(record);
    assert.deepEqual((await store.all()).records, []);
  });
});

Deno.test("RecordStore keeps every kind of source, without a credential's type", async () => {
  await withHome(async (_home, store) => {
    const sources: readonly CredentialSource[] = [
      { kind: "command", argv: ["pass", "show", "gitea"] },
      { kind: "file", path: "~/.config/gitea" },
    ];
    for (const token of sources) {
      await store.put({ ...record, token });
      assert.deepEqual((await store.all()).records, [{ ...record, token }]);
    }
    await store.put({ ...record, token: { kind: "command", argv: ["x"], type: "api_key" } });
    assert.deepEqual((await store.all()).records[0]?.token, { kind: "command", argv: ["x"] });
  });
});

Deno.test("RecordStore keeps the keys of a repository at two places apart", async () => {
  await withHome(async (_home, store) => {
    const moved = { ...record, owner: "other" };
    await store.put(record);
    await store.put(moved);
    assert.equal((await store.all()).records.length, 2);
    await store.remove(moved);
    assert.deepEqual((await store.all()).records, [record]);
  });
});

Deno.test("RecordStore tells what it can't read, and reads the rest", async () => {
  await withHome(async (home, store) => {
    await store.put(record);
    const [file = ""] = await filesOf(home);
    const good = JSON.parse(await Deno.readTextFile(`${home}/deploy_keys/${file}`));
    const bad: readonly unknown[] = [
      { ...good, schema: 2 },
      { ...good, slug: "../x" },
      { ...good, api: "http://gitea.example.com" },
      { ...good, provider: "other" },
      { ...good, token: { kind: "env", name: "1x" } },
      { ...good, token: { kind: "value", value: "x" } },
      { ...good, more: 1 },
    ];
    await Deno.writeTextFile(`${home}/deploy_keys/a.json`, "{");
    for (const [at, value] of bad.entries()) {
      await Deno.writeTextFile(`${home}/deploy_keys/b${at}.json`, JSON.stringify(value));
    }
    await Deno.writeTextFile(`${home}/deploy_keys/.draft-x`, "{");
    const { records, corrupted } = await store.all();
    assert.deepEqual(records, [record]);
    assert.equal(corrupted.length, bad.length + 1);
    for (const error of corrupted) {
      assert.equal(error.code, "record-corrupted");
      assert.ok(error.place?.file.startsWith(`${home}/deploy_keys/`));
    }
  });
});
