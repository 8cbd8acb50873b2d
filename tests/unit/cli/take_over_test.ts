import assert from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { parseSlug } from "../../../lib/names.ts";
import { makeCli } from "../../support/cli.ts";

const SLUG = parseSlug("demo-abcde");
const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;

function fail(): Promise<never> {
  return Promise.reject(new BottleError("The engine does not", { code: "engine-failed" }));
}

for (const [verb, ...rest] of [["stop", SLUG], ["cleanup", SLUG, "--yes"]] as const) {
  Deno.test(`${verb} that fails leaves the bottle with a keeper as it was`, async () => {
    await using cli = await makeCli();
    await cli.run(...START);
    const before = cli.keepers.alive.get(SLUG);
    Object.assign(cli.backend, { [verb]: fail });
    const { code, stderr } = await cli.run(verb, ...rest);
    assert.deepEqual([code, stderr], [1, "error: The engine does not\n"]);
    const after = cli.keepers.alive.get(SLUG);
    assert.ok(after !== undefined && after !== before);
    assert.deepEqual(after.environment, before?.environment);
  });
}

Deno.test("stop leaves no keeper where there was none", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  cli.keepers.kill(SLUG);
  Object.assign(cli.backend, { stop: fail });
  assert.equal((await cli.run("stop", SLUG)).code, 1);
  assert.equal(cli.keepers.alive.size, 0);
});

Deno.test("cleanup leaves a bottle that was started again while the person was asked", async () => {
  await using cli = await makeCli({ typed: ["y"] });
  await cli.run(...START);
  await cli.run("stop", SLUG);
  const planned = cli.backend.plannedCleanup.bind(cli.backend);
  Object.assign(cli.backend, {
    plannedCleanup: async (...args: Parameters<typeof planned>) => {
      const items = await planned(...args);
      const entry = cli.backend.entries.get(SLUG);
      assert.ok(entry);
      entry.state = "running";
      return items;
    },
  });
  // Whether it runs is asked once more than it takes to plan.
  const list = cli.backend.list.bind(cli.backend);
  let asked = 0;
  Object.assign(cli.backend, {
    list: async (...args: Parameters<typeof list>) => asked++ === 0 ? [] : await list(...args),
  });
  assert.equal((await cli.run("cleanup")).code, 0);
  assert.equal(cli.backend.entries.get(SLUG)?.state, "running");
  assert.equal((await cli.states.read(SLUG)).slug, SLUG);
  assert.ok(!cli.backend.calls.includes(`cleanup ${SLUG}`));
});

Deno.test("attach and exec get on without a keeper that can't be reached", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  const door = new BottleError("not yours alone", { code: "door-unusable" });
  Object.assign(cli.keepers, { ask: () => Promise.reject(door), isBroken: true });
  assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
  const { code, stderr } = await cli.run("attach", SLUG);
  assert.equal(code, 0);
  assert.match(stderr, /^! No keeper\n/);
  assert.match((await cli.run("stop", SLUG)).stderr, /not yours alone/);
});

Deno.test("a bottle is stopped at its session's end, though that can't be remembered", async () => {
  await using cli = await makeCli({
    typed: ["y"],
    attach: () => {
      const full = new BottleError("no space is left", { code: "disk-full" });
      Object.assign(cli.states, { update: () => Promise.reject(full) });
      return 0;
    },
  });
  const { code, stderr } = await cli.run("start", "demo");
  assert.equal(code, 1);
  assert.match(stderr, /no space is left/);
  assert.equal(cli.backend.entries.get(SLUG)?.state, "stopped");
});

for (const [verb, left] of [["start", undefined], ["resume", "stopped"]] as const) {
  Deno.test(`${verb} leaves no bottle running that could not be remembered`, async () => {
    let isFull = false;
    await using cli = await makeCli({
      onLaunch: () => {
        if (!isFull) return Promise.resolve();
        const full = new BottleError("no space is left", { code: "disk-full" });
        Object.assign(cli.states, { update: () => Promise.reject(full) });
        return Promise.resolve();
      },
    });
    if (verb === "resume") {
      await cli.run(...START);
      await cli.run("stop", SLUG);
    }
    isFull = true;
    const argv = verb === "start" ? START : ["resume", SLUG, "--detach"];
    const { code, stderr } = await cli.run(...argv);
    assert.equal(code, 125);
    assert.match(stderr, /no space is left/);
    assert.equal(cli.backend.entries.get(SLUG)?.state, left);
    assert.equal(cli.keepers.alive.size, 0);
  });
}
