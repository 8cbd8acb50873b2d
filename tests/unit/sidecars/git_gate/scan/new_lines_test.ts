import assert from "node:assert/strict";
import { createRun } from "../../../../../lib/process/create_run.ts";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  CONTEXT_LINES,
  newText,
  wholeText,
} from "../../../../../sidecars/git_gate/scan/new_lines.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

function read(text: string, ...olds: readonly string[]): readonly [string, readonly number[]] {
  const read = newText(encode(text), olds.map(encode));
  const lines = text.split("\n").map((_, at) => at + 1);
  return [decode(read.bytes), lines.filter((line) => read.isNew(line))];
}

Deno.test("newText takes all of a file that was not there before", () => {
  assert.deepEqual(read("a\nb"), ["a\nb", [1, 2, 3].slice(0, 2)]);
  assert.equal(wholeText(encode("a")).isNew(7), true);
});

Deno.test("newText knows a line of the version before wherever it stood", () => {
  const [, fresh] = read("b\nnew\na\n", "a\nb\n");
  assert.deepEqual(fresh, [2]);
});

Deno.test("newText of a merge takes lines that are in no parent", () => {
  const [, fresh] = read("a\nb\nc\n", "a\n", "b\n");
  assert.deepEqual(fresh, [3]);
});

Deno.test("newText compares bytes: another line end or letter case is new", () => {
  const [, fresh] = read("a\r\nB\nc\n", "a\nb\nc\n");
  assert.deepEqual(fresh, [1, 2]);
});

Deno.test("newText empties what is far from every new line, and keeps the numbers", () => {
  const olds = Array.from({ length: 40 }, (_, at) => `old ${at}`);
  const [bytes, fresh] = read([...olds, "new", ...olds].join("\n"), olds.join("\n"));
  assert.deepEqual(fresh, [41]);
  const lines = bytes.split("\n");
  assert.equal(lines.length, 81);
  const kept = lines.flatMap((line, at) => line === "" ? [] : [at + 1]);
  assert.deepEqual([kept[0], kept.at(-1)], [41 - CONTEXT_LINES, 41 + CONTEXT_LINES]);
});

Deno.test("newText never lets a line escape: it is kept whole, or stands in a version before", () => {
  const file = fc.array(fc.constantFrom("a", "b", "", "c c", "d\r", "e\0"), { maxLength: 60 })
    .map((lines) => lines.join("\n"));
  fc.assert(fc.property(file, fc.array(file, { maxLength: 3 }), (text, olds) => {
    const read = newText(encode(text), olds.map(encode));
    const kept = decode(read.bytes).split("\n");
    const known = new Set(olds.flatMap((old) => old.split("\n")));
    for (const [at, line] of text.split("\n").entries()) {
      if (line === "") continue;
      assert.ok(kept[at] === line || kept[at] === "");
      assert.equal(read.isNew(at + 1), !known.has(line));
      if (read.isNew(at + 1)) assert.equal(kept[at], line);
    }
    assert.equal(kept.length, text.split("\n").length);
  }));
});

const KEEPER = `
const { newText } = await import(Deno.args[0]);
const kept = [];
for (let file = 0; file < 60; file++) {
  const lines = Array.from({ length: 40_000 }, (_, at) => file + " " + at + " a line of an older version");
  const [old, now] = [lines, [...lines, "new"]].map((all) => new TextEncoder().encode(all.join("\\n")));
  kept.push(newText(now, [old]).isNew);
}
console.log(kept.length);
`;

Deno.test("newText keeps nothing of older versions: of a push with many files all would be in memory", async () => {
  const script = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(script, KEEPER);
  const module = import.meta.resolve("../../../../../sidecars/git_gate/scan/new_lines.ts");
  const argv = [Deno.execPath(), "run", "--quiet", "-A", "--v8-flags=--max-old-space-size=128"];
  const { code, stdout } = await createRun()([...argv, script, module]);
  await Deno.remove(script);
  assert.deepEqual([code, new TextDecoder().decode(stdout)], [0, "60\n"]);
});
