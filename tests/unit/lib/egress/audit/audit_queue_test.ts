import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  AUDIT_CAPACITY,
  AuditQueue,
  type Reservation,
} from "../../../../../lib/egress/audit/audit_queue.ts";
import type { AuditRow } from "../../../../../lib/egress/audit/audit_row.ts";

function row(host: string): AuditRow {
  return {
    time: "2026-01-02T03:04:05.678Z",
    kind: "http",
    method: "GET",
    scheme: "https",
    host,
    port: 443,
    path: "/",
    verdict: "allowed",
    status: 200,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 1,
  };
}

const hosts = (rows: readonly AuditRow[] | undefined): string | undefined =>
  rows?.map(({ host }) => host).join("");

Deno.test("AuditQueue hands out batches in order, one at a time", () => {
  const queue = new AuditQueue({ capacity: 10, batch: 2 });
  for (const host of "abc") queue.add(row(host));
  assert.equal(hosts(queue.take()), "ab");
  assert.equal(queue.take(), undefined);
  queue.acknowledge();
  assert.equal(queue.unacknowledged, 1);
  assert.equal(hosts(queue.take()), "c");
  queue.acknowledge();
  assert.equal(queue.take(), undefined);
  assert.equal(queue.unacknowledged, 0);
});

Deno.test("AuditQueue repeats a batch that was put back before what came later", () => {
  const queue = new AuditQueue({ capacity: 10, batch: 2 });
  for (const host of "abc") queue.add(row(host));
  queue.take();
  queue.add(row("d"));
  queue.putBack();
  assert.equal(queue.unacknowledged, 4);
  assert.equal(hosts(queue.take()), "ab");
  queue.acknowledge();
  assert.equal(hosts(queue.take()), "cd");
});

Deno.test("AuditQueue lets nothing start whose row would have no place", () => {
  const queue = new AuditQueue({ capacity: 2 });
  const first = queue.reserve();
  const second = queue.reserve();
  assert.ok(first && second);
  assert.equal(queue.reserve(), undefined);
  assert.equal(queue.add(row("x")), false);
  first.commit(row("a"));
  assert.equal(queue.reserve(), undefined, "a row takes its reservation's place");
  queue.take();
  assert.equal(queue.reserve(), undefined, "a batch under way still counts");
  second.release();
  second.release();
  assert.ok(queue.reserve());
  assert.equal(queue.isFull, true);
});

Deno.test("AuditQueue tells in one row what it could not take, as soon as there is a place", () => {
  const queue = new AuditQueue({ capacity: 2, batch: 1, now: () => Date.UTC(2026, 0, 2) });
  for (const host of "abcde") queue.add(row(host));
  queue.take();
  queue.putBack();
  assert.equal(hosts(queue.take()), "a");
  queue.acknowledge();
  assert.equal(queue.isFull, true, "the notice has the place");
  assert.equal(queue.add(row("f")), false);
  assert.equal(hosts(queue.take()), "b");
  queue.acknowledge();
  const [first] = queue.take() ?? [];
  assert.equal(first?.kind, "notice");
  assert.equal(first?.time, "2026-01-02T00:00:00.000Z");
  assert.match(first?.detail ?? "", /nothing passed: 3$/);
  queue.acknowledge();
  assert.match(queue.take()?.[0]?.detail ?? "", /nothing passed: 1$/);
  queue.acknowledge();
  assert.equal(queue.take(), undefined);
});

Deno.test("AuditQueue takes one row for one reservation", () => {
  const queue = new AuditQueue();
  const reservation = queue.reserve();
  reservation?.commit(row("a"));
  assert.throws(() => reservation?.commit(row("b")), /written already/);
  reservation?.release();
  assert.equal(hosts(queue.take()), "a");
});

Deno.test("AuditQueue is full at a thousand rows by default", () => {
  const queue = new AuditQueue();
  for (let count = 0; count < AUDIT_CAPACITY; count++) assert.ok(queue.add(row("a")));
  assert.equal(queue.reserve(), undefined);
  assert.equal(AUDIT_CAPACITY, 1_000);
});

Deno.test("AuditQueue loses no row, repeats none and keeps its bound, whatever the order of events", () => {
  const step = fc.constantFrom("reserve", "commit", "release", "take", "acknowledge", "putBack");
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const queue = new AuditQueue({ capacity: 5, batch: 2 });
    const open: Reservation[] = [];
    const written: string[] = [];
    const stored: string[] = [];
    let underWay: readonly AuditRow[] = [];
    for (const [index, name] of steps.entries()) {
      if (name === "reserve") open.push(...[queue.reserve()].filter((it) => it !== undefined));
      if (name === "commit" && open.length > 0) {
        open.shift()?.commit(row(String(index)));
        written.push(String(index));
      }
      if (name === "release") open.shift()?.release();
      if (name === "take") underWay = queue.take() ?? underWay;
      if (name === "acknowledge") {
        queue.acknowledge();
        stored.push(...underWay.map(({ host }) => host));
        underWay = [];
      }
      if (name === "putBack") {
        queue.putBack();
        underWay = [];
      }
      assert.ok(queue.unacknowledged + open.length <= 5);
    }
    queue.putBack();
    for (let rows = queue.take(); rows; rows = queue.take()) {
      stored.push(...rows.map(({ host }) => host));
      queue.acknowledge();
    }
    assert.deepEqual(stored, written);
  }));
});
