import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import type { AuditRow } from "../../../../../lib/egress/audit/audit_row.ts";
import {
  FOLD_BURST,
  FOLD_ROWS_PER_MINUTE,
  FOLD_WINDOW_MS,
  RefusalFold,
} from "../../../../../lib/egress/audit/refusal_fold.ts";
import { auditRow } from "../../../../support/audit_rows.ts";

function refused(given: Partial<AuditRow> = {}): AuditRow {
  return auditRow({
    verdict: "blocked",
    reason: "host-not-allowed",
    detail: `No route names "a.test"`,
    host: "a.test",
    status: 403,
    bytes_up: 0,
    bytes_down: 0,
    ...given,
  });
}

/** All that is due. */
function drain(fold: RefusalFold, now: number, isLast = false): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let row = fold.due(now, isLast); row !== undefined; row = fold.due(now, isLast)) {
    rows.push(row);
  }
  return rows;
}

/** How many refusals rows tell. */
function told(rows: readonly AuditRow[]): number {
  return rows.reduce((sum, { count = 1 }) => sum + count, 0);
}

Deno.test("RefusalFold tells the first at once, and its repeats in one row when the window is over", () => {
  const fold = new RefusalFold();
  const at = (second: number): string => `2026-01-02T03:04:0${second}.000Z`;
  const first = refused({ time: at(1), path: "/a?x=1" });
  assert.equal(fold.take(first, 0), first);
  assert.equal(fold.isWaiting, false);
  assert.equal(fold.take(refused({ time: at(2), path: "/a?x=2" }), 1), undefined);
  assert.equal(fold.take(refused({ time: at(3), path: "/a" }), FOLD_WINDOW_MS - 1), undefined);
  assert.equal(fold.isWaiting, true);
  assert.deepEqual(drain(fold, FOLD_WINDOW_MS - 1), []);
  assert.deepEqual(drain(fold, FOLD_WINDOW_MS), [
    refused({ time: at(2), path: "/a?x=2", count: 2, last_time: at(3) }),
  ]);
  assert.equal(fold.isWaiting, false);
  const again = refused({ path: "/a" });
  assert.equal(fold.take(again, FOLD_WINDOW_MS + 1), again);
});

Deno.test("RefusalFold gives one repeat back as it was", () => {
  const fold = new RefusalFold();
  fold.take(refused(), 0);
  const repeat = refused({ time: "2026-01-02T03:04:09.000Z" });
  fold.take(repeat, 1);
  assert.deepEqual(drain(fold, 2, true), [repeat]);
});

const others: readonly Partial<AuditRow>[] = [
  { kind: "connect" },
  { method: "POST" },
  { host: "b.test" },
  { port: 8443 },
  { path: "/b" },
  { reason: "no-match" },
  { detail: "Another fault of the head" },
  { route: "*.test" },
  { marks: ["foreign-credential"] },
];
for (const other of others) {
  Deno.test(`RefusalFold keeps apart what differs in ${Object.keys(other).join()}`, () => {
    const fold = new RefusalFold();
    fold.take(refused(), 0);
    const row = refused(other);
    assert.equal(fold.take(row, 1), row);
  });
}

const never: readonly (readonly [string, Partial<AuditRow>])[] = [
  ["what was allowed", { verdict: "allowed" }],
  ["what failed", { verdict: "failed", reason: "upstream-closed" }],
  ["what was sent in part", { marks: ["sent-in-part"] }],
  ["what carried bytes up", { bytes_up: 1 }],
  ["what carried bytes down", { bytes_down: 1 }],
  ["what had a credential put on", { credential: "bearer" }],
  ["a look-up", { kind: "dns" }],
  ["a notice", { kind: "notice" }],
  ["a change of the routes", { kind: "policy" }],
  ["the self-test", { kind: "self-test" }],
];
for (const [name, given] of never) {
  Deno.test(`RefusalFold never folds ${name}`, () => {
    const fold = new RefusalFold();
    const row = refused(given);
    for (let time = 0; time < 3; time++) assert.equal(fold.take(row, time), row);
    assert.deepEqual(drain(fold, 9, true), []);
  });
}

Deno.test("RefusalFold folds what egress answers itself, also when a flood has used its budget up", () => {
  const fold = new RefusalFold();
  for (let n = 0; n < FOLD_BURST; n++) fold.take(refused({ path: `/${n}` }), 0);
  const own = auditRow({ host: "", port: 0, path: "/allowlist", bytes_up: 0, bytes_down: 0 });
  assert.equal(fold.take(own, 1), own);
  for (let n = 0; n < 9; n++) assert.equal(fold.take(own, 2), undefined);
  const told = drain(fold, 9, true).filter(({ verdict }) => verdict === "allowed");
  assert.deepEqual(told.map(({ path, count }) => [path, count]), [["/allowlist", 9]]);
});

Deno.test("RefusalFold counts a flood of different refusals by their reason, and names some of the hosts", () => {
  const fold = new RefusalFold();
  let rows = 0;
  for (let n = 0; n < 50_000; n++) {
    const host = `x${n}.test`;
    if (fold.take(refused({ host, detail: host }), n / 1_000) !== undefined) rows++;
  }
  assert.equal(rows, FOLD_BURST / 2);
  const [wide, ...rest] = drain(fold, FOLD_WINDOW_MS + 50);
  assert.deepEqual(rest, []);
  assert.equal(wide?.count, 50_000 - rows);
  assert.deepEqual([wide?.host, wide?.path, wide?.reason], ["", "", "host-not-allowed"]);
  assert.match(wide?.detail ?? "", /: x500\.test, x501\.test, .*x507\.test$/);
});

Deno.test("RefusalFold writes few rows for a flood that lasts, whatever it varies", () => {
  const fold = new RefusalFold();
  const minutes = 60;
  const rows: AuditRow[] = [];
  let sent = 0;
  for (let ms = 0; ms < minutes * 60_000; ms += 20) {
    // Twice each: so that every one that is told also has a repeat to count.
    const row = refused({ path: `/${sent / 2 | 0}` });
    sent++;
    const taken = fold.take(row, ms);
    rows.push(...(taken === undefined ? [] : [taken]), ...drain(fold, ms));
  }
  rows.push(...drain(fold, minutes * 60_000, true));
  assert.equal(told(rows), sent);
  const bound = FOLD_BURST + minutes * (FOLD_ROWS_PER_MINUTE + 1) + 2;
  assert.ok(rows.length <= bound, `${rows.length} rows, ${bound} allowed`);
});

Deno.test("RefusalFold holds little of refusals that never come again, however long they last", () => {
  const fold = new RefusalFold();
  for (let minute = 0; minute < 600; minute++) {
    for (let n = 0; n < 10; n++) fold.take(refused({ path: `/${minute}/${n}` }), minute * 60_000);
    assert.ok(fold.held <= 20, `${fold.held} in minute ${minute}`);
  }
  assert.equal(fold.isWaiting, false);
});

Deno.test("RefusalFold loses and invents nothing, and lets everything else through in its order", () => {
  const step = fc.record({
    path: fc.constantFrom("/a", "/b?q", "/c"),
    verdict: fc.constantFrom("allowed", "blocked"),
    reason: fc.constantFrom("method", "no-match"),
    after: fc.nat(40_000),
    isDrained: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const fold = new RefusalFold();
    const rows: AuditRow[] = [];
    const given: AuditRow[] = [];
    let now = 0;
    for (const { path, verdict, reason, after, isDrained } of steps) {
      now += after;
      const row = verdict === "allowed"
        ? auditRow({ path })
        : refused({ path, reason, time: new Date(now).toISOString() });
      given.push(row);
      const taken = fold.take(row, now);
      if (taken !== undefined) rows.push(taken);
      if (isDrained) rows.push(...drain(fold, now));
    }
    rows.push(...drain(fold, now, true));
    const isAllowed = (row: AuditRow): boolean => row.verdict === "allowed";
    assert.deepEqual(rows.filter(isAllowed), given.filter(isAllowed));
    for (const reason of ["method", "no-match"]) {
      const of = (all: readonly AuditRow[]): number =>
        told(all.filter((row) => row.reason === reason));
      assert.equal(of(rows), of(given));
    }
    assert.equal(fold.isWaiting, false);
  }));
});

Deno.test("RefusalFold folds pushes that were refused alike, and tells others", () => {
  const fold = new RefusalFold();
  const push = (ref: string): AuditRow =>
    refused({
      kind: "git",
      method: "push",
      reason: "push-ref",
      push: {
        repo: "widget",
        refs: [{ ref, old: "0".repeat(40), new: "a".repeat(40), accepted: false }],
        findings: [],
        objects: 0,
      },
    });
  assert.notEqual(fold.take(push("refs/notes/a"), 0), undefined);
  assert.equal(fold.take(push("refs/notes/a"), 1), undefined);
  assert.notEqual(fold.take(push("refs/notes/b"), 2), undefined);
});

Deno.test("RefusalFold counts fetches that failed alike, and tells each push", () => {
  const fold = new RefusalFold();
  const failed = refused({
    kind: "git",
    method: "fetch",
    verdict: "failed",
    reason: "upstream-down",
  });
  assert.equal(fold.take(failed, 0), failed);
  assert.equal(fold.take({ ...failed }, 1), undefined);
  const other = { ...failed, reason: "upstream-denied" } as const;
  assert.equal(fold.take(other, 2), other);
  const push = { ...failed, method: "push" };
  assert.equal(fold.take(push, 3), push);
  assert.equal(fold.take(push, 4), push);
  assert.deepEqual(drain(fold, 5, true), [failed]);
});
