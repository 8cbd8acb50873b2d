import assert from "node:assert/strict";
import { formatPath, objectTree, valueAt } from "../../../../lib/manifest/value_tree.ts";

Deno.test("valueAt reads own parts only", () => {
  const value = { a: [{ b: 1 }] };
  assert.equal(valueAt(value, ["a", 0, "b"]), 1);
  assert.equal(valueAt(value, []), value);
  assert.equal(valueAt(value, ["a", 1, "b"]), undefined);
  assert.equal(valueAt(value, ["toString"]), undefined);
  assert.equal(valueAt(null, ["a"]), undefined);
  assert.equal(valueAt("text", ["length"]), undefined);
});

Deno.test("formatPath writes keys and indexes as people do", () => {
  assert.equal(formatPath([]), "");
  assert.equal(formatPath(["env", "A"]), "env.A");
  assert.equal(formatPath(["egress", "routes", 12, "host"]), "egress.routes[12].host");
});

Deno.test("objectTree has one place for all", () => {
  assert.deepEqual(objectTree({ a: 1 }, "<bottle x>").placeOf(["a"]), { file: "<bottle x>" });
});
