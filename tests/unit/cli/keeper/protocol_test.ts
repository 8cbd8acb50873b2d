import assert from "node:assert/strict";
import {
  formatSeed,
  keeperAnswers,
  parseEnvironment,
  parseSeed,
} from "../../../../cli/keeper/protocol.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { parseSlug } from "../../../../lib/names.ts";

const slug = parseSlug("demo-ab12c");

Deno.test("parseSeed gives back what formatSeed wrote, on one line", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.string(), fc.string({ unit: "binary" })), { maxLength: 5 }),
    (pairs) => {
      const seed = { slug, home: "/home/of mine", environment: Object.fromEntries(pairs) };
      const line = formatSeed(seed);
      assert.equal(line.indexOf("\n"), line.length - 1);
      assert.deepEqual(parseSeed(JSON.parse(line)), seed);
    },
  ));
});

const badSeeds: readonly (readonly [what: string, seed: unknown])[] = [
  ["nothing", null],
  ["a list", []],
  ["no slug", { home: "/h", environment: [] }],
  ["a path for a slug", { slug: "../x", home: "/h", environment: [] }],
  ["a relative home", { slug, home: "h", environment: [] }],
  ["an object of variables", { slug, home: "/h", environment: { A: "b" } }],
  ["a variable that is a number", { slug, home: "/h", environment: [["A", 1]] }],
  ["a name alone", { slug, home: "/h", environment: [["A"]] }],
];

for (const [what, seed] of badSeeds) {
  Deno.test(`parseSeed refuses ${what}`, () => {
    assert.throws(() => parseSeed(seed), /BottleError/);
  });
}

Deno.test("parseEnvironment quotes no value in what it throws", () => {
  assert.throws(
    () => parseEnvironment([["TOKEN", ["a marker"]]]),
    (error: Error) => !error.message.includes("marker"),
  );
});

Deno.test("parseEnvironment takes the names that every object has for names", () => {
  const read = parseEnvironment([["__proto__", "a"], ["constructor", "b"]]);
  assert.deepEqual(Object.entries(read), [["__proto__", "a"], ["constructor", "b"]]);
});

Deno.test("keeperAnswers.status takes no stranger's word for a keeper's", () => {
  const status = { pid: 7, since: "2026-01-02T03:04:05Z", slug, version: "0.1.0", stream: "up" };
  assert.deepEqual(keeperAnswers.status({ ...status, more: 1 }), status);
  for (const wrong of [{ pid: -1 }, { slug: "x" }, { stream: "?" }, { since: null }]) {
    assert.throws(() => keeperAnswers.status({ ...status, ...wrong }));
  }
});
