import assert from "node:assert/strict";
import { makeHome, programArgv, runProcess } from "./program.ts";

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

/** A full disk below the home, in a mount namespace of its own: home, then the program's argv. Lists what is left. */
const ON_FULL_DISK = `mkdir "$1/state" && mount -t tmpfs -o size=64k tmpfs "$1/state" || exit 99
head -c 100000 /dev/zero > "$1/state/fill" 2> /dev/null
home=$1; shift; "$@"; code=$?; ls "$home/state" >&2; exit $code`;

Deno.test("start on a full disk says so, starts nothing and leaves nothing", async () => {
  await using home = await makeHome();
  const namespace = ["unshare", "--user", "--map-root-user", "--mount"];
  const argv = programArgv("start", "demo", "--yes", "--detach", "--quiet");
  const { code, stdout, stderr } = await runProcess(
    [...namespace, "sh", "-c", ON_FULL_DISK, "sh", home.folder, ...argv],
    { env: { BOT_BOTTLE_HOME: home.folder, NO_COLOR: "1" } },
  );
  assert.deepEqual([code, stdout], [125, ""], stderr);
  assert.match(stderr, /^error: Cannot write ".*state\.json": no space is left on the disk$/m);
  assert.match(stderr, /^hint: Free some space/m);
  assert.match(stderr, /\nfill\n$/);
  assert.deepEqual(await home.left(), []);
});
