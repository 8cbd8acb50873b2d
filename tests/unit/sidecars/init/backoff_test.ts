import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { nextDelay } from "../../../../sidecars/init/backoff.ts";

Deno.test("nextDelay doubles from 100 ms to 10 s", () => {
  const delays: number[] = [];
  for (let delay: number | null = null; delays.length < 9;) {
    delay = nextDelay(delay, 50);
    delays.push(delay);
  }
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

Deno.test("nextDelay begins anew after a stable minute", () => {
  assert.equal(nextDelay(10_000, 59_999), 10_000);
  assert.equal(nextDelay(10_000, 60_000), 100);
});

Deno.test("nextDelay stays between 100 ms and 10 s", () => {
  const previous = fc.option(fc.integer({ min: 100, max: 10_000 }));
  fc.assert(fc.property(previous, fc.nat(), (delay, ran) => {
    const next = nextDelay(delay, ran);
    assert.ok(next >= 100 && next <= 10_000);
  }));
});
