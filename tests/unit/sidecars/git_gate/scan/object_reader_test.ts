import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { ObjectReader } from "../../../../../sidecars/git_gate/scan/object_reader.ts";
import { fakeMirror, pieces } from "../../../../support/git/fake_mirror.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)];
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const BOTH = `${A} blob 5\nab\ncd\n${B} blob 0\n\n`;

function reading(text: string, ...cuts: readonly number[]): ObjectReader {
  const mirror = fakeMirror(() => ({ code: 0, stdout: encode(text), stderr: "" }), cuts);
  return new ObjectReader(mirror, [A, B], {});
}

Deno.test("ObjectReader hands out contents in order, whatever the pieces", async () => {
  await fc.assert(fc.asyncProperty(pieces(BOTH.length), async (cuts) => {
    await using reader = reading(BOTH, ...cuts);
    assert.deepEqual(await reader.read(A), encode("ab\ncd"));
    assert.deepEqual(await reader.read(B), encode(""));
  }));
});

for (
  const [name, text] of Object.entries({
    "an object that is missing": `${A} missing\n`,
    "another object": `${B} blob 0\n\n`,
    "a git that ends in an object": `${A} blob 5\nab`,
    "a git that ends at once": "",
    "a line without end": "x".repeat(1000),
  })
) {
  Deno.test(`ObjectReader refuses ${name}`, async () => {
    await using reader = reading(text);
    await assert.rejects(reader.read(A), { code: "scan-failed" });
  });
}
