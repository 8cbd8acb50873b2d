import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  ByteBudget,
  headSize,
  RequestBucket,
  ReservedBytes,
} from "../../../../../lib/egress/route/route_limits.ts";

Deno.test("RequestBucket gives a minute's requests at once, and then one as each comes back", () => {
  const bucket = new RequestBucket();
  assert.deepEqual([0, 0, 0].map((now) => bucket.take(3, now)), [0, 0, 0]);
  assert.equal(bucket.take(3, 0), 20_000);
  assert.equal(bucket.take(3, 19_999), 1);
  assert.equal(bucket.take(3, 20_000), 0);
  assert.equal(bucket.take(3, 20_000), 20_000);
  assert.deepEqual([0, 0, 0, 0].map(() => bucket.take(3, 200_000)), [0, 0, 0, 20_000]);
});

Deno.test("RequestBucket goes by the limit of the moment", () => {
  const bucket = new RequestBucket();
  for (let n = 0; n < 100; n++) assert.equal(bucket.take(100, 0), 0);
  assert.equal(bucket.take(1, 0), 60_000);
  assert.equal(bucket.take(1, 60_000), 0);
  assert.equal(bucket.take(1, 60_000), 60_000);
});

Deno.test("RequestBucket lets no more pass in any span than a minute's and what comes back in it", () => {
  const steps = fc.array(fc.nat(5_000), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), steps, (limit, waits) => {
    const bucket = new RequestBucket();
    let now = 0;
    let passed = 0;
    for (const wait of waits) {
      now += wait;
      if (bucket.take(limit, now) === 0) passed++;
    }
    assert.ok(passed <= limit + now * limit / 60_000 + 1e-6, `${passed} of ${limit} in ${now}`);
  }));
});

Deno.test("ReservedBytes never gives more than the budget, whoever asks in whatever order", () => {
  const wish = fc.record({
    route: fc.constantFrom("a", "b"),
    bytes: fc.nat(50),
    limit: fc.constantFrom(100, 120),
  });
  fc.assert(fc.property(fc.array(wish, { maxLength: 50 }), (wishes) => {
    const budgets = new ReservedBytes([["a", 30]]);
    const given = { a: 30, b: 0 };
    for (const { route, bytes, limit } of wishes) {
      const { granted, reserved } = budgets.reserve({ route, bytes, limit });
      assert.ok(granted >= 0 && granted <= bytes);
      if (route === "a") given.a += granted;
      else given.b += granted;
      assert.equal(reserved, route === "a" ? given.a : given.b);
    }
    assert.ok(given.a <= 120 && given.b <= 120);
  }));
});

Deno.test("ByteBudget takes what was granted, and knows when no more can come", () => {
  const budget = new ByteBudget();
  assert.equal(budget.take(1), false);
  assert.equal(budget.isOver(100, 100), false);
  assert.equal(budget.isOver(101, 100), true);
  assert.equal(budget.wanted(1, 1_600), 100);
  assert.equal(budget.wanted(500, 1_600), 500);
  assert.equal(budget.wanted(1, 1024 ** 3), 1024 ** 2);
  budget.add({ granted: 60, reserved: 90 });
  assert.equal(budget.take(50), true);
  assert.equal(budget.isOver(20, 100), false);
  assert.equal(budget.isOver(21, 100), true);
  assert.equal(budget.take(11), false);
  assert.equal(budget.take(10), true);
});

Deno.test("headSize is what HTTP/1.1 writes", () => {
  const text = "POST /a?b HTTP/1.1\r\nHost: a.test\r\nX: y\r\n\r\n";
  const headers = [["Host", "a.test"], ["X", "y"]] as const;
  assert.equal(headSize({ method: "POST", path: "/a?b", headers }), text.length);
});
