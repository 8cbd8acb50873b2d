import assert from "node:assert/strict";
import { askKeeper, bottleFolder, type KeeperPlace } from "../../../../cli/keeper/client.ts";
import { createDoor, SOCKET_NAME } from "../../../../cli/keeper/door.ts";
import { type KeeperServer, serveKeeper } from "../../../../cli/keeper/server.ts";
import { systemClock } from "../../../../lib/clock.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const slug = parseSlug("demo-ab12c");
const STATUS = {
  pid: 7,
  since: "2026-01-02T03:04:05Z",
  slug,
  version: "0.1.0",
  stream: "up",
} as const;

interface Stage extends AsyncDisposable {
  readonly place: KeeperPlace;
  readonly folder: string;
  serve(bottle?: string, stayMs?: number): Promise<KeeperServer>;
}

async function makeStage(home?: string): Promise<Stage> {
  // Some tests bind a socket here themselves: a TMPDIR may be longer than its path may be.
  const root = await Deno.makeTempDir({ dir: "/tmp", prefix: "bot-bottle-keeper-" });
  const place = {
    door: createDoor(`${root}/door`, Deno.uid(), systemClock),
    home: home === undefined ? `${root}/home` : `${root}/${home}`,
  };
  const folder = bottleFolder(place.home, slug);
  await Deno.mkdir(folder, { recursive: true });
  return {
    place,
    folder,
    serve: (bottle = folder, stayMs) =>
      serveKeeper({
        folder: bottle,
        door: place.door,
        answers: {
          status: () => Promise.resolve(STATUS),
          environment: () => Promise.resolve([["A", "b"]]),
          release: () => Promise.resolve(),
        },
        ...(stayMs === undefined ? {} : { stayMs }),
      }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test("askKeeper gets each answer, by a socket of its owner's only", async () => {
  await using stage = await makeStage();
  await using _server = await stage.serve();
  assert.deepEqual(await askKeeper(stage.place, slug, "status"), STATUS);
  assert.deepEqual(await askKeeper(stage.place, slug, "environment"), { A: "b" });
  assert.equal(await askKeeper(stage.place, slug, "release"), null);
  const { mode } = await Deno.stat(`${stage.folder}/${SOCKET_NAME}`);
  assert.equal((mode ?? 0) & 0o777, 0o600);
});

Deno.test("askKeeper finds nobody: no bottle, no socket, or one that a killed keeper has left", async () => {
  await using stage = await makeStage();
  assert.equal(await askKeeper(stage.place, slug, "status"), undefined);
  assert.equal(await askKeeper(stage.place, parseSlug("gone-ab12c"), "status"), undefined);
  const stale = `${stage.folder}/${SOCKET_NAME}`;
  const script = `Deno.listen({ transport: "unix", path: ${JSON.stringify(stale)} });
    Deno.kill(Deno.pid, "SIGKILL")`;
  await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output();
  assert.ok(await exists(stale));
  assert.equal(await askKeeper(stage.place, slug, "status"), undefined);
  await using _server = await stage.serve();
  assert.deepEqual(await askKeeper(stage.place, slug, "status"), STATUS);
});

Deno.test("a keeper is reached in a home whose path is longer than a socket's may be", async () => {
  await using stage = await makeStage(`${"long".repeat(40)}/${"and-longer-".repeat(20)}`);
  assert.ok(stage.folder.length > 300);
  await using _server = await stage.serve();
  assert.deepEqual(await askKeeper(stage.place, slug, "status"), STATUS);
});

Deno.test("keepers that begin and end at once leave each other's sockets alone", async () => {
  await using stage = await makeStage();
  const others = Array.from({ length: 12 }, (_, at) => `${stage.folder}-${at}`);
  await using _server = await stage.serve();
  await Promise.all(others.map(async (folder) => {
    await Deno.mkdir(folder);
    for (let round = 0; round < 5; round++) {
      await using other = await stage.serve(folder);
      assert.ok(await exists(`${folder}/${SOCKET_NAME}`));
      await other.hide();
    }
    assert.equal(await exists(`${folder}/${SOCKET_NAME}`), false);
  }));
  assert.deepEqual(await askKeeper(stage.place, slug, "status"), STATUS);
});

Deno.test("serveKeeper answers others while clients say nothing, or nonsense, and sends those away", async () => {
  await using stage = await makeStage();
  await using _server = await stage.serve(stage.folder, 300);
  const path = `${stage.folder}/${SOCKET_NAME}`;
  const silent = await Deno.connect({ transport: "unix", path });
  const loud = await Deno.connect({ transport: "unix", path });
  await loud.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n" + "x".repeat(10_000)));
  const cut = await Deno.connect({ transport: "unix", path });
  await cut.write(new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"sta'));
  cut.close();
  assert.deepEqual(await askKeeper(stage.place, slug, "status"), STATUS);
  for (const client of [silent, loud]) {
    const buffer = new Uint8Array(64 * 1024);
    // An end, or a reset where what we sent was left unread.
    while (await client.read(buffer).catch(() => null) !== null);
    client.close();
  }
  assert.deepEqual(await askKeeper(stage.place, slug, "status"), STATUS);
});

Deno.test("a door whose folder is open to others, or a link, is refused", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/open`);
  await Deno.chmod(`${root}/open`, 0o777);
  await Deno.mkdir(`${root}/mine`, { mode: 0o700 });
  await Deno.symlink(`${root}/mine`, `${root}/link`);
  for (const name of ["open", "link"]) {
    const door = createDoor(`${root}/${name}`, Deno.uid(), systemClock);
    await assert.rejects(door.through(root, () => Promise.resolve()), { code: "door-unusable" });
  }
  const other = createDoor(`${root}/mine`, (Deno.uid() ?? 0) + 1, systemClock);
  await assert.rejects(other.through(root, () => Promise.resolve()), { code: "door-unusable" });
  await Deno.remove(root, { recursive: true });
});

Deno.test("a door that the disk does not take is unusable, as another's is", async () => {
  await using stage = await makeStage();
  await using files = await manifestFiles({ "file": "", "door/lock/x": "", "other/door/x": "" });
  await Deno.chmod(`${files.root}/door`, 0o700);
  await Deno.chmod(`${files.root}/other`, 0o700);
  for (const name of ["file/door", "door", "other"]) {
    const door = createDoor(`${files.root}/${name}`, Deno.uid(), systemClock);
    const place = { door, home: stage.place.home };
    await assert.rejects(askKeeper(place, slug, "status"), { code: "door-unusable" }, name);
  }
});

Deno.test("a door is closed after what was done there failed", async () => {
  const root = await Deno.makeTempDir();
  const door = createDoor(`${root}/door`, Deno.uid(), systemClock);
  await assert.rejects(door.through(root, () => Promise.reject(new Error("no"))), /no/);
  assert.equal(await exists(`${root}/door/door`), false);
  assert.equal(await door.through(root, () => Promise.resolve(1)), 1);
  await Deno.remove(root, { recursive: true });
});
