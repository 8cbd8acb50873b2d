/** A bottle that a program launches, with a deploy key. */

import assert from "node:assert/strict";
import { createHost, launch, ManifestIndex, prepare } from "../../../mod.ts";
import { makeScene } from "./scene.ts";

Deno.test("a program's bottle has its deploy key until it is disposed of, and says if it stays", async () => {
  await using scene = await makeScene();
  const { forge, home, env } = scene;
  const host = createHost({
    home: home.folder,
    env: (name) => Object.hasOwn(env, name) ? Reflect.get(env, name) : Deno.env.get(name),
  });
  const start = async (): ReturnType<typeof launch> => {
    const manifest = await ManifestIndex.load({ home: home.folder, cwd: "/" });
    return await launch(await prepare({ manifest, agent: "demo" }, host), { host });
  };
  {
    await using bottle = await start();
    const title = `bot-bottle ${bottle.plan.slug} widget`;
    assert.deepEqual(forge.world.titles(), [title]);
    assert.deepEqual((await scene.records()).map(([name]) => name), [title]);
    // It runs, though this home remembers nothing else of it.
    const { pending_deploy_keys } = JSON.parse((await scene.run(["list", "--json"])).stdout);
    assert.deepEqual(pending_deploy_keys, []);
    assert.equal((await scene.run(["cleanup", "--yes"])).code, 0);
    assert.deepEqual(forge.world.titles(), [title]);
  }
  assert.deepEqual([forge.world.titles(), await scene.records()], [[], []]);

  const bottle = await start();
  forge.fault = () => ({ kind: "status", status: 500 });
  await assert.rejects(async () => await bottle[Symbol.asyncDispose](), {
    code: "deploy-key-stays",
  });
  forge.fault = () => undefined;
  assert.equal((await scene.run(["cleanup", "--yes"])).code, 0);
  assert.deepEqual([forge.world.titles(), await scene.records()], [[], []]);
});
