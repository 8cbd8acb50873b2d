import { deepEqual } from "node:assert/strict";
import { forgetGone, planUnfinished } from "../../../../backends/docker/unfinished_builds.ts";
import { holdLock } from "../../../../backends/bundle/hold_lock.ts";
import { layerFile, LayerNote, readNotes } from "../../../../backends/engine/build_layer.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { fakeContext, fakeRun } from "../../../support/context.ts";

const id = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** A home whose builds `x` and `y` have left a layer each, and an engine in which only that of `x` is the top of something. */
async function withNotes(
  work: (
    engine: ReturnType<typeof createEngine>,
    context: ReturnType<typeof fakeContext>,
  ) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  const run = fakeRun((argv) => ({
    stdout: new TextEncoder().encode(
      argv.includes("ls")
        ? `${id("a")}\n${id("c")}\n`
        : argv.filter((word) => word.startsWith("sha256:"))
          .map((Id) => JSON.stringify({ Id, Size: 5 })).join("\n"),
    ),
  }));
  const context = fakeContext({ home, run });
  try {
    for (const [name, layer] of [["x", "a"], ["y", "b"]] as const) {
      const note = new LayerNote(layerFile(`${home}/logs/${name}.log`));
      note.write("0".repeat(12));
      note.write(layer.repeat(12));
      await note.keep();
    }
    await work(createEngine({ run }), context);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("planUnfinished takes noted layers that are the top of something without a name", () =>
  withNotes(async (engine, context) => {
    const items = await planUnfinished(engine, context);
    deepEqual(items.map(({ kind, name, bytes }) => [kind, name, bytes]), [["image", id("a"), 5]]);
  }));

Deno.test("planUnfinished leaves a build alone that goes on", () =>
  withNotes(async (engine, context) => {
    await using _lock = await holdLock(`${context.home}/cache/x.lock`, context.clock);
    deepEqual(await planUnfinished(engine, context), []);
  }));

Deno.test("forgetGone keeps the notes of what is left", () =>
  withNotes(async (engine, context) => {
    await forgetGone(engine, context);
    const notes = await readNotes(`${context.home}/logs`);
    deepEqual(notes.map(({ name, layer }) => [name, layer]), [["x", "a".repeat(12)]]);
  }));

Deno.test("planUnfinished asks the engine nothing where nothing is noted", async () => {
  const run = fakeRun();
  const context = fakeContext({ run });
  deepEqual(await planUnfinished(createEngine({ run }), context), []);
  deepEqual(run.calls, []);
});
