import assert from "node:assert/strict";
import { systemClock } from "../../../lib/clock.ts";

Deno.test("sleep ends after its time, and leaves nothing on the signal", async () => {
  const { signal } = new AbortController();
  const started = performance.now();
  await systemClock.sleep(20, signal);
  assert.ok(performance.now() - started >= 19);
});

Deno.test("sleep rejects at once with the reason of whoever gives up, before or while it lasts", async () => {
  const reason = new Error("enough");
  await assert.rejects(systemClock.sleep(60_000, AbortSignal.abort(reason)), reason);
  const giving = new AbortController();
  const sleeping = systemClock.sleep(60_000, giving.signal);
  giving.abort(reason);
  await assert.rejects(sleeping, reason);
});

Deno.test("now is the present", () => {
  assert.ok(Math.abs(systemClock.now().getTime() - Date.now()) < 1000);
});
