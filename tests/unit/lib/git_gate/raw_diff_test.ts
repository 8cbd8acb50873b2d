import assert from "node:assert/strict";
import { NO_ENTRY, parseRawDiff, parseTree } from "../../../../lib/git_gate/raw_diff.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("parseRawDiff tells what is at each path behind a commit", () => {
  const text = `:100644 100755 ${A} ${B} M\0a\nb\0:000000 120000 ${"0".repeat(40)} ${A} A\0c\0` +
    `:160000 000000 ${A} ${"0".repeat(40)} D\0d/e\0`;
  assert.deepEqual(parseRawDiff(encode(text)), [
    { path: "a\nb", entry: `100755 ${B}` },
    { path: "c", entry: `120000 ${A}` },
    { path: "d/e", entry: NO_ENTRY },
  ]);
  assert.deepEqual(parseRawDiff(new Uint8Array()), []);
});

Deno.test("parseRawDiff refuses what is none, or is cut", () => {
  const whole = `:100644 100755 ${A} ${B} M\0a\0`;
  for (
    const bad of ["x", `${A}\0`, `${A}\0a\0`, whole.slice(0, -1), `${whole}\0\0`, `${whole}:1`]
  ) {
    assert.throws(() => parseRawDiff(encode(bad)), SyntaxError, JSON.stringify(bad));
  }
});

Deno.test("parseTree tells what is at each path of a tree", () => {
  const text = `100644 blob ${A}\ta\tb\n\x00040000 tree ${B}\td\0`;
  assert.deepEqual([...parseTree(encode(text))], [
    ["a\tb\n", `100644 ${A}`],
    ["d", `040000 ${B}`],
  ]);
});
