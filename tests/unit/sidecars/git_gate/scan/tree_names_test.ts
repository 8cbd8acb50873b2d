import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { treeNames } from "../../../../../sidecars/git_gate/scan/tree_names.ts";

function tree(idBytes: number, ...names: readonly string[]): Uint8Array {
  return Buffer.concat(names.flatMap((name) => [
    Buffer.from(`100644 ${name}\0`),
    // Ids may hold any bytes, also those that separate.
    Buffer.alloc(idBytes, 32),
  ]));
}

const read = (content: Uint8Array, idBytes: number): readonly string[] =>
  treeNames(content, idBytes).map((name) => new TextDecoder().decode(name));

Deno.test("treeNames reads names of either kind of id", () => {
  assert.deepEqual(read(tree(20, "a", "b c"), 20), ["a", "b c"]);
  assert.deepEqual(read(tree(32, "a", "b\nc"), 32), ["a", "b\nc"]);
  assert.deepEqual(read(new Uint8Array(), 20), []);
});

Deno.test("treeNames refuses a tree that breaks off", () => {
  const whole = tree(20, "a", "b");
  for (let cut = 1; cut < whole.length; cut++) {
    if (cut === whole.length / 2) continue;
    assert.throws(() => treeNames(whole.subarray(0, cut), 20), { code: "scan-failed" });
  }
});
