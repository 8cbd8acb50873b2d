import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { mergeJsonText } from "../../../../lib/provision/merge_json.ts";

const table: readonly [name: string, have: string, ours: string, expected: unknown][] = [
  ["keeps keys that only the guest has", `{"a":1}`, `{"b":2}`, { a: 1, b: 2 }],
  ["lets ours win", `{"a":1}`, `{"a":2}`, { a: 2 }],
  ["goes into objects", `{"p":{"x":1,"y":1}}`, `{"p":{"y":2}}`, { p: { x: 1, y: 2 } }],
  ["takes arrays whole", `{"a":[1,2,3]}`, `{"a":[9]}`, { a: [9] }],
  ["replaces a scalar by an object", `{"a":1}`, `{"a":{"b":1}}`, { a: { b: 1 } }],
  ["replaces null by an object", `{"a":null}`, `{"a":{"b":1}}`, { a: { b: 1 } }],
  ["gives ours for an empty file", ``, `{"a":1}`, { a: 1 }],
  ["gives ours for a cut file", `{"a":`, `{"a":1}`, { a: 1 }],
  ["gives ours for an array", `[1]`, `{"a":1}`, { a: 1 }],
];

for (const [name, have, ours, expected] of table) {
  Deno.test(`mergeJsonText ${name}`, () => {
    assert.deepEqual(JSON.parse(mergeJsonText(have, ours)), expected);
  });
}

Deno.test("mergeJsonText takes a key __proto__ as a key", () => {
  const text = mergeJsonText(`{"__proto__":{"polluted":true}}`, `{"a":1}`);
  assert.equal(text.includes("polluted"), true);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

Deno.test("mergeJsonText laid on twice changes nothing more", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(fc.property(object, object, (have, ours) => {
    const once = mergeJsonText(JSON.stringify(have), JSON.stringify(ours));
    assert.equal(mergeJsonText(once, JSON.stringify(ours)), once);
  }));
});
