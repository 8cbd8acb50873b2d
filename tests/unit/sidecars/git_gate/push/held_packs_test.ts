import assert from "node:assert/strict";
import { HeldPacks } from "../../../../../sidecars/git_gate/push/held_packs.ts";

const PACK = `pack-${"a".repeat(40)}`;

interface Folder extends AsyncDisposable {
  readonly mirror: { folder: string; exclusive: <T>(work: () => Promise<T>) => Promise<T> };
  /** As receive-pack does, when it moves what came into the mirror. */
  bring(): Promise<void>;
  files(): Promise<readonly string[]>;
}

async function makeFolder(): Promise<Folder> {
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-test-packs-" });
  const packs = `${folder}/objects/pack`;
  await Deno.mkdir(packs, { recursive: true });
  return {
    mirror: { folder, exclusive: (work) => work() },
    bring: async () => {
      for (const ending of ["pack", "idx", "rev", "keep"]) {
        await Deno.writeTextFile(`${packs}/${PACK}.${ending}`, "");
      }
    },
    files: () => Array.fromAsync(Deno.readDir(packs), ({ name }) => name),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const never = (): Promise<boolean> => Promise.resolve(false);

Deno.test("HeldPacks removes all files of a pack of which the upstream took nothing", async () => {
  await using folder = await makeFolder();
  const packs = new HeldPacks();
  await packs.hold(folder.mirror, [PACK]);
  await folder.bring();
  await packs.letGo(folder.mirror, [PACK], false, never);
  assert.deepEqual(await folder.files(), []);
});

Deno.test("HeldPacks leaves a pack that was taken, was there before, or is reached", async () => {
  for (const why of ["taken", "before", "reached"]) {
    await using folder = await makeFolder();
    const packs = new HeldPacks();
    if (why === "before") await folder.bring();
    await packs.hold(folder.mirror, [PACK]);
    await folder.bring();
    await packs.letGo(
      folder.mirror,
      [PACK],
      why === "taken",
      () => Promise.resolve(why === "reached"),
    );
    assert.equal((await folder.files()).length, 4, why);
  }
});

Deno.test("HeldPacks leaves a pack to the last of several pushes that bring the same", async () => {
  for (const isTaken of [true, false]) {
    await using folder = await makeFolder();
    const packs = new HeldPacks();
    await packs.hold(folder.mirror, [PACK]);
    await folder.bring();
    await packs.hold(folder.mirror, [PACK]);
    await packs.letGo(folder.mirror, [PACK], isTaken, never);
    assert.equal((await folder.files()).length, 4);
    await packs.letGo(folder.mirror, [PACK], false, never);
    assert.equal((await folder.files()).length, isTaken ? 4 : 0);
  }
});

Deno.test("HeldPacks leaves a pack that comes again while its removal waits for its turn", async () => {
  await using folder = await makeFolder();
  const packs = new HeldPacks();
  await packs.hold(folder.mirror, [PACK]);
  await folder.bring();
  const turn = Promise.withResolvers<void>();
  const waiting = {
    ...folder.mirror,
    exclusive: async <T>(work: () => Promise<T>): Promise<T> => {
      await turn.promise;
      return await work();
    },
  };
  const going = packs.letGo(waiting, [PACK], false, never);
  await packs.hold(folder.mirror, [PACK]);
  turn.resolve();
  await going;
  assert.equal((await folder.files()).length, 4);
});

Deno.test("HeldPacks lets go of what it never held", async () => {
  await using folder = await makeFolder();
  await new HeldPacks().letGo(folder.mirror, [PACK], false, never);
});
