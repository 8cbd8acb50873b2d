import { equal, rejects } from "node:assert/strict";
import { lockBottle, lockForChange } from "../../../../lib/state/lock.ts";
import { parseSlug } from "../../../../lib/names.ts";

const SLUG = parseSlug("demo-ab12c");

Deno.test("lockBottle refuses a second holder, and is free after disposal", async () => {
  const file = await Deno.makeTempFile();
  const first = await lockBottle(SLUG, file);
  await rejects(lockBottle(SLUG, file), { code: "bottle-busy" });
  first[Symbol.dispose]();
  (await lockBottle(SLUG, file))[Symbol.dispose]();
  await Deno.remove(file);
});

Deno.test("lockBottle says in words that a folder takes no lock", async () => {
  // A file system that takes no file, also from root.
  await rejects(lockBottle(SLUG, "/sys/lock"), { code: "not-writable" });
});

Deno.test("lockBottle is free at once while another thread starts programs", async () => {
  const file = await Deno.makeTempFile();
  const code = `for (;;) await new Deno.Command("true").output();`;
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(code)}`, {
    type: "module",
  });
  let taken = 0;
  for (; taken < 1_000; taken++) (await lockBottle(SLUG, file))[Symbol.dispose]();
  worker.terminate();
  equal(taken, 1_000);
  await Deno.remove(file);
});

Deno.test("lockForChange gives nobody the lock of a bottle that was removed meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/change.lock`;
  const held = await lockForChange(SLUG, file);
  const waiting = rejects(lockForChange(SLUG, file), Deno.errors.NotFound);
  // It has opened the file by now, and finds it held.
  await new Promise((done) => setTimeout(done, 50));
  await Deno.remove(folder, { recursive: true });
  held[Symbol.dispose]();
  await waiting;
});
