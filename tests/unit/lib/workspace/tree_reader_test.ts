import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { parseTreeObject, TreeReader } from "../../../../lib/workspace/tree_reader.ts";
import { makeWorkStage, oid } from "../../../support/work_stage.ts";

const NAME = "ab".repeat(20);

function tree(mode: string, name: Uint8Array | string, object = NAME): Uint8Array {
  const text = typeof name === "string" ? new TextEncoder().encode(name) : name;
  return Uint8Array.from([
    ...new TextEncoder().encode(`${mode} `),
    ...text,
    0,
    ...Uint8Array.fromHex(object),
  ]);
}

Deno.test("parseTreeObject reads names as bytes, and modes as six digits", () => {
  assert.deepEqual(
    parseTreeObject(Uint8Array.from([...tree("40000", "a"), ...tree("100644", "b\nc")]), 20),
    [
      { mode: "040000", oid: NAME, path: "a", isUtf8: true },
      { mode: "100644", oid: NAME, path: "b\nc", isUtf8: true },
    ],
  );
  const [entry] = parseTreeObject(tree("100644", Uint8Array.of(0xff, 0x41)), 20);
  assert.deepEqual([entry?.path, entry?.isUtf8], ["\ufffdA", false]);
  assert.deepEqual(parseTreeObject(new Uint8Array(), 20), []);
});

Deno.test("parseTreeObject refuses a tree that breaks off anywhere", () => {
  const whole = tree("100644", "name");
  for (let length = 1; length < whole.length; length++) {
    assert.throws(
      () => parseTreeObject(whole.slice(0, length), 20),
      (error) => error instanceof BottleError && error.code === "work-unreadable",
    );
  }
});

Deno.test("TreeReader reads trees and commits, and refuses what is neither or not there", async () => {
  await using stage = await makeWorkStage({ "a.txt": "one\n", "folder/b.txt": "two\n" });
  const head = oid(await stage.agent.commit("Second"));
  await using quarantine = await stage.open();
  await using reader = new TreeReader(quarantine.git, undefined);
  const { tree: root, parents } = await reader.readCommit(head);
  assert.deepEqual(parents, [stage.base]);
  const entries = await reader.read(root);
  assert.deepEqual(entries.map(({ path, mode }) => `${mode} ${path}`), [
    "100644 a.txt",
    "040000 folder",
  ]);
  assert.equal(await reader.read(root), entries);
  const blob = entries[0]?.oid;
  assert.ok(blob !== undefined);
  await assert.rejects(() => reader.read(blob), { code: "work-unreadable" });
  await using other = new TreeReader(quarantine.git, undefined);
  await assert.rejects(() => other.readCommit(oid("e".repeat(40))), { code: "work-unreadable" });
});

Deno.test("TreeReader ends with the signal's reason, never with a broken pipe", async () => {
  await using stage = await makeWorkStage();
  await using quarantine = await stage.open();
  const interrupt = new AbortController();
  await using reader = new TreeReader(quarantine.git, interrupt.signal);
  await reader.readCommit(stage.base);
  const reason = new Error("interrupted");
  interrupt.abort(reason);
  const read = async (): Promise<void> => {
    for (;;) await reader.readCommit(stage.base);
  };
  await assert.rejects(read, reason);
  await assert.rejects(read, reason);
});
