import assert from "node:assert/strict";
import { makeHome } from "./program.ts";

Deno.test("start without docker on PATH says what to install", async () => {
  await using home = await makeHome();
  const { code, stdout, stderr } = await home.start(["start", "demo", "--yes", "--detach"], {
    env: { PATH: "/nonexistent" },
  });
  assert.deepEqual([code, stdout], [125, ""]);
  assert.match(stderr, /^error: No "docker" command on PATH$/m);
  assert.match(stderr, /^hint: Install Docker Engine/m);
});

for (
  const verb of [["start", "demo", "--yes", "--detach"], ["list"], ["cleanup", "--yes"], ["demo"]]
) {
  Deno.test(`${verb[0]} without an engine that answers ends with 125 and what to do`, async () => {
    await using home = await makeHome();
    const { code, stdout, stderr } = await home.start([...verb, "--quiet"], {
      env: { DOCKER_HOST: "unix:///nonexistent/docker.sock" },
    });
    assert.deepEqual([code, stdout], [125, ""], stderr);
    assert.match(stderr, /^error: Cannot reach Docker at "unix:\/\/\/nonexistent\/docker\.sock"$/m);
    assert.match(stderr, /^hint: Start the engine/m);
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(home.folder))).map(({ name }) => name).sort(),
      [
        "agents",
        "bottles",
      ],
    );
  });
}

Deno.test("start --dry-run needs no engine", async () => {
  await using home = await makeHome();
  const { code, stdout } = await home.start(["start", "demo", "--dry-run", "--json"], {
    env: { PATH: "/nonexistent" },
  });
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).bottle.name, "dev");
});

Deno.test("a state that can't be read is said, skipped, and removed with what it belonged to", async () => {
  await using home = await makeHome();
  const [whole, broken] = await Promise.all([home.startBottle(), home.startBottle()]);
  await home.run("stop", broken);
  await Deno.writeTextFile(`${home.folder}/state/${broken}/state.json`, "{");
  const { code, stdout, stderr } = await home.run("list");
  assert.equal(code, 0);
  assert.match(stderr, new RegExp(`! Skipped "${broken}"`));
  assert.match(stdout, new RegExp(`${whole} .*running`));
  assert.equal((await home.run("cleanup", "--yes")).code, 0);
  assert.deepEqual((await home.left()).filter((name) => name.includes(broken)), []);
  assert.doesNotMatch((await home.run("list")).stderr, /Skipped/);
});
