import assert from "node:assert/strict";
import { openBytesOut } from "../../../../sidecars/supervise/bytes_out.ts";

async function withPath(work: (path: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(`${folder}/ledger.db.bytes_out`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("BytesOut goes on where it stopped, however it ended", () =>
  withPath((path) => {
    const wish = { route: "a.test", bytes: 60, limit: 100 };
    assert.deepEqual(openBytesOut(path).reserve(wish), { granted: 60, reserved: 60 });
    const again = openBytesOut(path);
    assert.deepEqual(again.reserve(wish), { granted: 40, reserved: 100 });
    assert.deepEqual(again.reserve(wish), { granted: 0, reserved: 100 });
    assert.deepEqual(again.reserve({ ...wish, route: "b.test" }), { granted: 60, reserved: 60 });
    assert.deepEqual(openBytesOut(path).reserve(wish), { granted: 0, reserved: 100 });
  }));

Deno.test("BytesOut writes no file before something is reserved", () =>
  withPath(async (path) => {
    openBytesOut(path).reserve({ route: "a.test", bytes: 0, limit: 100 });
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("openBytesOut takes no damaged file for an empty one", () =>
  withPath(async (path) => {
    const damaged = [
      "",
      "{",
      "[]",
      '{"version":2,"reserved":{}}',
      '{"version":1,"reserved":{"a":-1}}',
    ];
    for (const text of damaged) {
      await Deno.writeTextFile(path, text);
      assert.throws(() => openBytesOut(path), { code: "ledger-unusable" }, text);
    }
  }));

Deno.test("BytesOut grants nothing that it can't keep", () => {
  const kept = openBytesOut("/nonexistent/folder/file");
  const wish = { route: "a.test", bytes: 1, limit: 100 };
  assert.throws(() => kept.reserve(wish), { code: "ledger-unusable" });
});
