import assert from "node:assert/strict";
import { finishedSteps, interrupt, interruptAfter, makeHome, type TestHome } from "./program.ts";

const START = ["start", "demo", "--yes", "--detach"] as const;

/** What is left of a launch that an interrupt broke off. */
async function assertNothingLeft(home: TestHome, when: string): Promise<void> {
  const left = (await home.left()).filter((name) => !name.endsWith("-outer"));
  assert.deepEqual(left, [], when);
  assert.deepEqual(JSON.parse((await home.run("list", "--json")).stdout).bottles, [], when);
}

Deno.test("an interrupt after any step of a launch leaves nothing", async (t) => {
  await using home = await makeHome();
  const whole = await home.start(START);
  const steps = finishedSteps(whole.stderr);
  await home.run("cleanup", whole.stdout.trim(), "--yes");
  assert.ok(steps.length >= 6, whole.stderr);
  for (const step of steps) {
    await t.step(step, async () => {
      const { code, stdout, stderr } = await home.start(START, { onLine: interruptAfter(step) });
      if (code === 0 && finishedSteps(stderr).at(-1) === step) {
        // It was the last step this time, and the program ended before the signal came.
        await home.run("cleanup", stdout.trim(), "--yes");
      } else {
        assert.match(stderr, /Interrupted: stopping and cleaning up/);
        assert.deepEqual([code, stdout], [130, ""], stderr);
      }
      await assertNothingLeft(home, step);
    });
  }
});

Deno.test("an interrupt at any time leaves nothing, or a bottle that is listed", async () => {
  await using home = await makeHome();
  for (let ms = 100; ms <= 2500; ms += 400) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { code, stdout, stderr } = await home.start(START, {
      onLine: (_line, child) => {
        timer ??= setTimeout(() => interrupt(child), ms);
      },
    });
    clearTimeout(timer);
    if (code === 0) {
      await home.run("cleanup", stdout.trim(), "--yes");
    } else {
      assert.equal(code, 130, stderr);
    }
    await assertNothingLeft(home, `${ms} ms`);
  }
});

Deno.test("an interrupt during a run keeps the bottle, and says how to go on", async () => {
  await using home = await makeHome();
  const { code, stdout, stderr } = await home.start(
    ["run", "demo", "--prompt", "echo go; sleep 100", "--json"],
    { onLine: (line, child) => line === "go" && interrupt(child) },
  );
  assert.equal(code, 130, stderr);
  const { slug, by } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  assert.equal(by, "bot-bottle");
  assert.match(stderr, new RegExp(`bot-bottle resume ${slug}`));
  assert.equal((await home.run("resume", slug, "--detach")).code, 0);
});
