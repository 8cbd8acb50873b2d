import assert from "node:assert/strict";
import type { AuditRow } from "../../../../lib/egress/audit/audit_row.ts";
import { AUDIT_CAPACITY } from "../../../../lib/egress/audit/audit_queue.ts";
import { type AppendRows, AuditSender } from "../../../../sidecars/audit/audit_sender.ts";

const ROW: AuditRow = {
  time: "2026-11-24T00:00:00.000Z",
  kind: "http",
  method: "GET",
  scheme: "https",
  host: "a.test",
  port: 443,
  path: "/",
  verdict: "allowed",
  status: 200,
  bytes_up: 0,
  bytes_down: 0,
  duration_ms: 0,
};

/** All of its places are taken. */
function fullSender(append: AppendRows): AuditSender {
  const sender = new AuditSender(append);
  for (let row = 0; row < AUDIT_CAPACITY; row++) sender.reserve()?.commit(ROW);
  return sender;
}

Deno.test("AuditSender lets an exchange wait for a place until the ledger has taken rows", async () => {
  const acknowledge = Promise.withResolvers<void>();
  const sender = fullSender(() => acknowledge.promise);
  assert.equal(sender.reserve(), undefined);
  const waiting = [sender.waitForPlace(60_000), sender.waitForPlace(60_000)];
  acknowledge.resolve();
  for (const place of await Promise.all(waiting)) {
    assert.ok(place);
    place.release();
  }
  await sender.close(60_000);
});

Deno.test("AuditSender gives a place that nobody needs any more to who waits", async () => {
  const sender = new AuditSender(() => Promise.resolve());
  const places = Array.from({ length: AUDIT_CAPACITY }, () => sender.reserve());
  const waiting = sender.waitForPlace(2 ** 30);
  for (const place of places) place?.release();
  const found = await waiting;
  assert.ok(found);
  found.release();
  await sender.close(60_000);
});

Deno.test("AuditSender gives no place when the ledger takes nothing in time", async () => {
  const acknowledge = Promise.withResolvers<void>();
  const sender = fullSender(() => acknowledge.promise);
  assert.equal(await sender.waitForPlace(1), undefined);
  acknowledge.resolve();
  await sender.close(60_000);
});

Deno.test("AuditSender ends the wait for a place when it is closed", async () => {
  const sender = fullSender((_rows, _first, signal) => {
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    return promise;
  });
  const waiting = sender.waitForPlace(60_000);
  await sender.close(1);
  assert.equal(await waiting, undefined);
});

Deno.test("AuditSender asks the ledger whether it takes rows, and takes no answer for no", async () => {
  const asked: number[][] = [];
  const answers: ((signal: AbortSignal) => Promise<void>)[] = [
    () => Promise.resolve(),
    () => Promise.reject(new Error("no")),
    async (signal) => {
      const { promise, reject } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => reject(signal.reason));
      await promise;
    },
  ];
  const sender = new AuditSender((rows, first, signal) => {
    asked.push([rows.length, first]);
    return answers.shift()?.(signal) ?? Promise.resolve();
  });
  assert.equal(await sender.isRecording(), true);
  assert.equal(await sender.isRecording(), false);
  assert.equal(await sender.isRecording(10), false);
  assert.deepEqual(asked, [[0, 1], [0, 1], [0, 1]]);
});
