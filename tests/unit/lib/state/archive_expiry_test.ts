import assert from "node:assert/strict";
import { expireArchives, expiredArchives } from "../../../../lib/state/archive_expiry.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

Deno.test("expireArchives removes what is older than 30 days, readable or not, and nothing else", async () => {
  await using files = await manifestFiles();
  const now = new Date("2026-03-31T00:00:00Z");
  assert.deepEqual(await expireArchives(files.home, now), []);
  const days = { "new-ab12c": 29, "old-ab12c": 31, "odd-ab12c": 31 };
  for (const [name, age] of Object.entries(days)) {
    const file = await files.write(
      `home/archive/${name}/session.json`,
      name === "odd-ab12c" ? "{" : "{}",
    );
    await files.write(`home/archive/${name}/transcript/projects/a.jsonl`, "x");
    const then = new Date(now.getTime() - age * 86_400_000);
    await Deno.utime(file, then, then);
  }
  await files.write("home/archive/half-ab12c/audit.jsonl", "");
  await files.write("home/archive/a file", "stays");
  assert.deepEqual(await expiredArchives(files.home, now), ["odd-ab12c", "old-ab12c"]);
  assert.deepEqual(await expireArchives(files.home, now), ["odd-ab12c", "old-ab12c"]);
  const left = await Array.fromAsync(Deno.readDir(`${files.home}/archive`));
  assert.deepEqual(left.map(({ name }) => name).sort(), ["a file", "half-ab12c", "new-ab12c"]);
});

Deno.test("expireArchives of two programs at once is no failure of either", async () => {
  await using files = await manifestFiles();
  for (let n = 0; n < 20; n++) await files.write(`home/archive/old-ab1${n}/session.json`, "{}");
  const hence = new Date(Date.now() + 31 * 86_400_000);
  const ends = Array.from({ length: 4 }, () => expireArchives(files.home, hence));
  for (const { status } of await Promise.allSettled(ends)) assert.equal(status, "fulfilled");
  assert.deepEqual(await expiredArchives(files.home, hence), []);
});
