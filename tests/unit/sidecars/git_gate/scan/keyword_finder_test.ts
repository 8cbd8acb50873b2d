import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { KeywordFinder } from "../../../../../sidecars/git_gate/scan/keyword_finder.ts";

function find(text: string, ...words: readonly string[]): readonly string[] {
  return new KeywordFinder(words).find(new TextEncoder().encode(text)).toSorted();
}

Deno.test("KeywordFinder finds words that overlap, and words within words", () => {
  assert.deepEqual(find("oktakia", "okta", "akia"), ["akia", "okta"]);
  assert.deepEqual(find("rapidapi", "api", "dapi", "rapidapi"), ["api", "dapi", "rapidapi"]);
});

Deno.test("KeywordFinder ignores letter case", () => {
  assert.deepEqual(find("-----BEGIN x gHp_", "-----begin", "ghp_"), ["-----begin", "ghp_"]);
});

Deno.test("KeywordFinder finds what a naive search finds", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "A", "c"), maxLength: 30 });
  const words = fc.uniqueArray(
    fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 }),
    { maxLength: 6 },
  );
  fc.assert(fc.property(text, words, (text, words) => {
    const expected = words.filter((word) => text.toLowerCase().includes(word)).toSorted();
    assert.deepEqual(find(text, ...words), expected);
  }));
});
