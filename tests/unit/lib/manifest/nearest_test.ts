import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { didYouMean, nearest } from "../../../../lib/manifest/nearest.ts";

Deno.test("nearest forgives a slip and no more", () => {
  const cases: [word: string, names: string[], expected: string | undefined][] = [
    ["reviewr", ["reviewer", "dev"], "reviewer"],
    ["reviewre", ["reviewer", "dev"], "reviewer"],
    ["Reviewer", ["reviewer"], "reviewer"],
    ["egres", ["env", "egress"], "egress"],
    ["hots", ["host", "ports"], "host"],
    ["ab", ["ba"], "ba"],
    ["dve", ["dev"], "dev"],
    ["kitten", ["sitting"], undefined],
    ["abcdefgh", ["abcxyzgh"], undefined],
    ["x", [], undefined],
    ["", ["a"], "a"],
    ["", ["ab"], undefined],
    ["zzzz", ["dev", "env"], undefined],
  ];
  for (const [word, names, expected] of cases) {
    assert.equal(nearest(word, names), expected, word);
  }
});

Deno.test("nearest counts a swap of neighbours as one edit", () => {
  assert.equal(nearest("abc", ["acb"]), "acb");
  assert.equal(nearest("abc", ["cba"]), undefined);
});

Deno.test("nearest finds a word again after one letter is lost, and prefers the word itself", () => {
  const word = fc.stringMatching(/^[a-z]{4,20}$/);
  fc.assert(fc.property(word, fc.array(word), fc.nat(), (name, others, where) => {
    assert.equal(nearest(name, [...others, name]), name);
    const at = where % name.length;
    assert.equal(nearest(name.slice(0, at) + name.slice(at + 1), [name]), name);
  }));
});

Deno.test("didYouMean falls back to what it was told", () => {
  assert.equal(didYouMean("dve", ["dev"], "See the list"), 'Did you mean "dev"?');
  assert.equal(didYouMean("xyz", ["dev"], "See the list"), "See the list");
});
