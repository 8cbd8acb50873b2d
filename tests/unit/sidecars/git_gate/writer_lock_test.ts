import { deepEqual, rejects } from "node:assert/strict";
import { WriterLock } from "../../../../sidecars/git_gate/writer_lock.ts";

Deno.test("WriterLock lets one in after the other, in order, also after one that failed", async () => {
  const lock = new WriterLock();
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, until: Promise<void>): Promise<void> =>
    lock.exclusive(async () => {
      seen.push(`${name} begins`);
      await until;
      seen.push(`${name} ends`);
    });
  const a = work("a", first.promise);
  const b = lock.exclusive(() => Promise.reject(new Error("b fails")));
  const c = work("c", Promise.resolve());
  first.resolve();
  await a;
  await rejects(b, /b fails/);
  await c;
  deepEqual(seen, ["a begins", "a ends", "c begins", "c ends"]);
});

Deno.test("WriterLock lets go of one that no longer waits, and nobody passes the one before", async () => {
  const lock = new WriterLock();
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const a = lock.exclusive(() => first.promise.then(() => void seen.push("a")));
  const gone = new AbortController();
  const b = lock.exclusive(() => Promise.resolve(seen.push("b")), gone.signal);
  const c = lock.exclusive(() => Promise.resolve(seen.push("c")));
  gone.abort(new Error("left"));
  await rejects(b, /left/);
  deepEqual(seen, []);
  first.resolve();
  await Promise.all([a, c]);
  deepEqual(seen, ["a", "c"]);
});
