import assert from "node:assert/strict";
import { memoryGrowth } from "../../../../soak/egress/vitals.ts";

Deno.test("memoryGrowth sets the last quarter against the second, and leaves warm-up out", () => {
  const { quarters, growth } = memoryGrowth([1, 5, 100, 100, 300, 90, 120, 120]);
  assert.deepEqual(quarters, [3, 100, 195, 120]);
  assert.equal(growth, 1.2);
});
