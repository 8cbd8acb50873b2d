import assert from "node:assert/strict";
import { programArgv, runProcess } from "../cli/program.ts";
import { openEngineAddress } from "./forward.ts";

/**
 * Runs a program where the engine's socket is not, and where its home and its temporary files are on a file system that no
 * other process can see: what it hands to the engine by a path can't be found there.
 */
const APART = `set -eu
mount --types tmpfs none "$APART"
mount --bind /dev/null "$SOCKET"
mkdir "$APART/tmp" "$APART/home"
export HOME="$APART" TMPDIR="$APART/tmp" BOT_BOTTLE_HOME="$APART/home"
exec "$@"`;

const unshare = Deno.uid() === 0
  ? ["unshare", "--mount", "--propagation", "private"]
  : ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"];

Deno.test("the demo runs on an engine that shares no file system with the program, at an address of its own", async () => {
  await using address = await openEngineAddress();
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-remote-" });
  try {
    const { dockerHost: DOCKER_HOST, socket: SOCKET } = address;
    const env = { APART: folder, SOCKET, DOCKER_HOST, DENO_DIR: await denoFolder(), NO_COLOR: "1" };
    const argv = [...unshare, "bash", "-c", APART, "bash"];

    const direct = await runProcess([...argv, "docker", "--host", `unix://${SOCKET}`, "version"], {
      env,
    });
    assert.notEqual(direct.code, 0, "the socket is still there");

    const { code, stdout, stderr } = await runProcess([...argv, ...programArgv("demo")], { env });
    assert.equal(code, 0, stdout + stderr);
    assert.equal(stdout.match(/^ {3}✓ /gm)?.length, 9);
    assert.ok(address.connections() > 20, `${address.connections()} connections`);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Where modules are cached: not in the home of the moment. */
async function denoFolder(): Promise<string> {
  const { code, stdout } = await runProcess([Deno.execPath(), "info", "--json"]);
  assert.equal(code, 0);
  return JSON.parse(stdout).denoDir;
}
