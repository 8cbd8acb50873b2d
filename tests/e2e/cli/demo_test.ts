import assert from "node:assert/strict";
import { Label } from "../../../lib/names.ts";
import { engine, interruptAfter, makeHome } from "./program.ts";

/** Everything of demos in the engine: a demo has a home of its own, so that its slug is what tells. */
async function leftOfDemos(): Promise<readonly string[]> {
  const lists = [["ps", "--all", "--format", "{{.Names}}"], [
    "network",
    "ls",
    "--format",
    "{{.Name}}",
  ]];
  const texts = await Promise.all(
    lists.map((list) => engine.docker([...list, "--filter", `label=${Label.role}=demo`])),
  );
  return texts.flatMap((text) => text.split("\n")).filter((name) => name !== "");
}

Deno.test("demo shows each step as told and removes everything", async () => {
  await using home = await makeHome();
  const { code, stdout, stderr } = await home.run("demo");
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stdout.match(/^ {3}✓ /gm)?.length, 9);
  assert.match(stdout, /api\.demo\.test\/whoami +bearer credential put on/);
  assert.match(stdout, /evil\.example\.com +host-not-allowed/);
  assert.match(stdout, /inside\.demo\.test\/ +private-address/);
  assert.match(stdout, /remote: +settings\.ini:1 +aws-access-token/);
  assert.match(stdout, /blocked +- +push +widget: heads\/bot\/settings +push-secret/);
  assert.match(stdout, /allowed +- +push +widget: heads\/bot\/settings/);
  assert.match(stdout, /AAAA? +c2vjcmv0\.evil\.example\.com/);
  assert.deepEqual(await leftOfDemos(), []);
  assert.deepEqual((await home.run("list")).stdout, "");
});

for (const nth of [2, 5]) {
  Deno.test(`demo interrupted after its step ${nth} leaves nothing`, async () => {
    await using home = await makeHome();
    const { code, stderr } = await home.start(["demo"], { onLine: interruptAfter(nth) });
    assert.match(stderr, /Interrupted: stopping and cleaning up/);
    assert.equal(code, 130, stderr);
    assert.deepEqual(await leftOfDemos(), []);
  });
}
