import assert from "node:assert/strict";
import { isBusy, takeBottle, type TakeServices } from "../../../../cli/session/take.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { StateStore } from "../../../../lib/state/store.ts";
import { fakeContext } from "../../../support/context.ts";
import { FakeKeepers } from "../../../support/fake_keepers.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const slug = parseSlug("demo-ab12c");

interface Stage extends TakeServices, AsyncDisposable {
  readonly keepers: FakeKeepers;
  readonly slept: () => number;
}

async function makeStage(onSleep: (times: number) => void = (): void => {}): Promise<Stage> {
  const files = await manifestFiles({ [`home/state/${slug}/x`]: "" });
  const states = new StateStore(files.home);
  const keepers = new FakeKeepers(states);
  let slept = 0;
  const clock = {
    now: () => new Date(0),
    sleep: () => Promise.resolve(onSleep(++slept)),
  };
  return {
    states,
    keepers,
    context: fakeContext({ home: files.home, clock }),
    slept: () => slept,
    [Symbol.asyncDispose]: async () => {
      keepers[Symbol.dispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

Deno.test("takeBottle takes a lock that is free, and asks nobody", async () => {
  await using stage = await makeStage();
  using _lock = await takeBottle(stage, slug);
  assert.deepEqual([stage.keepers.asked, stage.slept()], [[], 0]);
  assert.ok(await stage.states.isLocked(slug));
});

Deno.test("takeBottle has the keeper let go", async () => {
  await using stage = await makeStage();
  await stage.keepers.start(slug).keep({});
  using _lock = await takeBottle(stage, slug);
  assert.deepEqual(stage.keepers.asked, [`release ${slug}`]);
  assert.equal(stage.keepers.alive.size, 0);
});

Deno.test("takeBottle says that another command has the bottle, but not for a moment's look", async () => {
  await using stage = await makeStage();
  using _other = await stage.states.lock(slug);
  await assert.rejects(takeBottle(stage, slug), { code: "bottle-busy" });
  assert.equal(stage.slept(), 10);
});

Deno.test("takeBottle waits for another command as long as it is told", async () => {
  using other = new DisposableStack();
  await using stage = await makeStage((times) => {
    if (times === 40) other.dispose();
  });
  other.use(await stage.states.lock(slug));
  using _lock = await takeBottle(stage, slug, { patienceMs: 60_000 });
  assert.equal(stage.slept(), 40);
});

Deno.test("takeBottle waits for the lock of a keeper that was released and ends slowly", async () => {
  using lock = new DisposableStack();
  await using stage = await makeStage((times) => {
    if (times === 60) lock.dispose();
  });
  lock.use(await stage.states.lock(slug));
  let asked = 0;
  const ask = (): Promise<null | undefined> => Promise.resolve(asked++ === 0 ? null : undefined);
  const slow = { ...stage, keepers: { ...stage.keepers, start: stage.keepers.start, ask } };
  using _lock = await takeBottle(slow as unknown as TakeServices, slug);
  assert.equal(stage.slept(), 60);
});

Deno.test("takeBottle knows no bottle whose folder is gone", async () => {
  await using stage = await makeStage();
  const gone = parseSlug("gone-ab12c");
  await assert.rejects(takeBottle(stage, gone), { code: "bottle-unknown" });
});

Deno.test("takeBottle passes on why no keeper can be reached", async () => {
  await using stage = await makeStage();
  using _other = await stage.states.lock(slug);
  const keepers = {
    ask: () => Promise.reject(new BottleError("no door", { code: "door-unusable" })),
    start: (name: typeof slug) => stage.keepers.start(name),
  };
  await assert.rejects(takeBottle({ ...stage, keepers }, slug), { code: "door-unusable" });
});

Deno.test("of two that take a kept bottle at once, one has it and the other is told so", async () => {
  await using stage = await makeStage();
  await stage.keepers.start(slug).keep({});
  const taken = await Promise.allSettled([takeBottle(stage, slug), takeBottle(stage, slug)]);
  const [won, lost] = [
    taken.filter(({ status }) => status === "fulfilled"),
    taken.filter(({ status }) => status === "rejected"),
  ];
  assert.deepEqual([won.length, lost.length], [1, 1]);
  for (const each of taken) if (each.status === "fulfilled") each.value[Symbol.dispose]();
});

Deno.test("isBusy tells a command that holds the lock from a keeper that does", async () => {
  await using stage = await makeStage();
  assert.equal(await isBusy(stage, slug), false);
  {
    using _other = await stage.states.lock(slug);
    assert.equal(await isBusy(stage, slug), true);
  }
  await stage.keepers.start(slug).keep({});
  assert.equal(await isBusy(stage, slug), false);
  assert.equal(stage.keepers.alive.size, 1, "looking lets go of nothing");
});
