import assert from "node:assert/strict";
import { createDoor, SOCKET_NAME } from "../../../../cli/keeper/door.ts";
import { keep } from "../../../../cli/keeper/keeper.ts";
import { systemClock } from "../../../../lib/clock.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { StateStore } from "../../../../lib/state/store.ts";

const slug = parseSlug("demo-ab12c");

Deno.test("keep lets go of the bottle where its socket can't be removed", async () => {
  const root = await Deno.makeTempDir({ dir: "/tmp", prefix: "bot-bottle-keeper-" });
  const home = `${root}/home`;
  const folder = `${home}/state/${slug}`;
  await Deno.mkdir(folder, { recursive: true });
  const ending = new AbortController();
  const ready = Promise.withResolvers<void>();
  const never = new Promise<never>((_, reject) =>
    ending.signal.addEventListener("abort", () => reject(ending.signal.reason))
  );
  // It may be told to end before it asks for anything.
  never.catch(() => {});
  const kept = keep({
    seed: { slug, home, environment: {} },
    backend: { isUp: () => never, control: () => never },
    door: createDoor(`${root}/door`, Deno.uid(), systemClock),
    clock: systemClock,
    pid: 7,
    signal: ending.signal,
    onReady: ready.resolve,
  });
  await ready.promise;
  assert.ok(await new StateStore(home).isLocked(slug));
  await Deno.remove(`${folder}/${SOCKET_NAME}`);
  await Deno.mkdir(`${folder}/${SOCKET_NAME}/in-the-way`, { recursive: true });
  ending.abort();
  await kept;
  assert.equal(await new StateStore(home).isLocked(slug), false);
  assert.match(await Deno.readTextFile(`${folder}/keeper.log`), /The socket stays/);
  await Deno.remove(root, { recursive: true });
});
