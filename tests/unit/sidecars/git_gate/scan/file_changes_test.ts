import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  type FileChange,
  readFileChanges,
} from "../../../../../sidecars/git_gate/scan/file_changes.ts";

const [A, B, C, D] = ["a", "b", "c", "d"].map((digit) => digit.repeat(40));
const NONE = "0".repeat(40);

async function read(text: string, cut = text.length): Promise<readonly FileChange[]> {
  const bytes = new TextEncoder().encode(text);
  const pieces = [bytes.slice(0, cut), bytes.slice(cut)];
  return await Array.fromAsync(readFileChanges(ReadableStream.from(pieces)));
}

const plain = `${A}\0:000000 100644 ${NONE} ${B} A\0new.txt\0:100644 100755 ${B} ${C} M\0a\nb :x\0`;

Deno.test("readFileChanges reads what a commit adds and changes", async () => {
  assert.deepEqual(await read(plain), [
    { kind: "file", commit: A, path: "new.txt", blob: B, before: [], isAdded: true },
    { kind: "file", commit: A, path: "a\nb :x", blob: C, before: [B], isAdded: false },
  ]);
});

Deno.test("readFileChanges reads merges: a version of each parent that has the file", async () => {
  const both = `${A}\0::100644 100644 100644 ${B} ${C} ${D} MM\0f\0`;
  const one = `${A}\0::000000 100644 100644 ${NONE} ${C} ${D} AM\0f\0`;
  assert.deepEqual((await read(both + one)).map(({ before, isAdded }) => [before, isAdded]), [
    [[B, C], false],
    [[C], false],
  ]);
});

Deno.test("readFileChanges tells files from submodules and folders, and leaves out deletions", async () => {
  const text = `${A}\0:100644 000000 ${B} ${NONE} D\0gone\0:000000 160000 ${NONE} ${C} A\0sub\0` +
    `:160000 100644 ${B} ${C} T\0was-sub\0:040000 100644 ${B} ${C} T\0was-folder\0` +
    `:000000 040000 ${NONE} ${D} A\0folder\0`;
  const at = { commit: A, before: [] };
  assert.deepEqual(await read(text), [
    { ...at, kind: "submodule", path: "sub", blob: C, isAdded: true },
    { ...at, kind: "file", path: "was-sub", blob: C, isAdded: false },
    { ...at, kind: "file", path: "was-folder", blob: C, isAdded: false },
    { ...at, kind: "folder", path: "folder", blob: D, isAdded: true },
  ]);
});

Deno.test("readFileChanges reads the same in any pieces", async () => {
  const whole = await read(plain);
  await fc.assert(fc.asyncProperty(fc.nat(plain.length), async (cut) => {
    assert.deepEqual(await read(plain, cut), whole);
  }));
});

const broken: Readonly<Record<string, string>> = {
  "a path without its end": `${A}\0:000000 100644 ${NONE} ${B} A\0new`,
  "a change without a path": `${A}\0:000000 100644 ${NONE} ${B} A\0`,
  "a change without a commit": `:000000 100644 ${NONE} ${B} A\0new\0`,
  "an id that is none": `${A}\0:000000 100644 ${NONE} ${"b".repeat(39)} A\0new\0`,
  "too few ids": `${A}\0::000000 100644 ${NONE} ${B} A\0new\0`,
  "a line of another kind": "fatal\0",
};

for (const [name, text] of Object.entries(broken)) {
  Deno.test(`readFileChanges refuses ${name}`, async () => {
    await assert.rejects(read(text), { code: "scan-failed" });
  });
}
