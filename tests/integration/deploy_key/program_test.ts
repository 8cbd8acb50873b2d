/** The life of a deploy key by the real program, with the permissions that its launcher gives it, at a forge by TLS. */

import assert from "node:assert/strict";
import { Label } from "../../../lib/names.ts";
import { engine, interrupt } from "../../e2e/cli/program.ts";
import { startCompanyProxy } from "../../support/egress/company_proxy.ts";
import { TOKEN } from "../../support/forges/in_process.ts";
import { makeScene, type Scene } from "./scene.ts";

const START = ["start", "demo", "--yes", "--detach"] as const;

async function startBottle(scene: Scene): Promise<string> {
  const { code, stdout, stderr } = await scene.run(START);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function assertNothingLeft(scene: Scene): Promise<void> {
  assert.deepEqual([scene.forge.world.titles(), await scene.records()], [[], []]);
  assert.deepEqual(scene.forge.world.violations, []);
}

Deno.test("start adds a key, stop removes it, resume adds another, cleanup removes that", async () => {
  await using scene = await makeScene();
  const { world } = scene.forge;
  const slug = await startBottle(scene);
  const title = `bot-bottle ${slug} widget`;
  assert.deepEqual(await scene.records(), [[title, "41"]]);
  assert.deepEqual(world.titles(), [title]);
  assert.match((await scene.run(["stop", slug])).stderr, /Stopped and kept/);
  await assertNothingLeft(scene);
  const resumed = await scene.run(["resume", slug, "--detach"]);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(await scene.records(), [[title, "42"]]);
  const cleaned = await scene.run(["cleanup", slug, "--yes"]);
  assert.equal(cleaned.code, 0, cleaned.stderr);
  assert.match(
    cleaned.stdout,
    new RegExp(`deploy key +${title} +of team/widget at ${scene.forge.api}`),
  );
  await assertNothingLeft(scene);
});

Deno.test("neither the token nor a private key is where the engine, the disk or a list of processes shows it", async () => {
  await using scene = await makeScene();
  const shown = new Set<string>();
  // Seen from inside the request: the process that sends it runs just then.
  scene.forge.carriedOut = async () => {
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^[0-9]+$/.test(name)) continue;
      const text = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      if (text.includes("ask-forge")) shown.add(text.replaceAll("\0", " "));
    }
  };
  const slug = await startBottle(scene);
  const [argv = ""] = shown;
  assert.match(argv, / --no-prompt --allow-net=localhost:[0-9]+ \S*main\.ts ask-forge $/);
  assert.ok(!argv.includes(TOKEN));
  const filter = `label=${Label.slug}=${slug}`;
  const ids = (await engine.docker(["ps", "-aq", "--filter", filter])).trim().split("\n");
  const told = await engine.docker(["inspect", ...ids]);
  assert.ok(!told.includes(TOKEN) && !told.includes("PRIVATE KEY"));
  for (const text of await allTexts(scene.home.folder)) {
    assert.ok(!text.includes(TOKEN) && !text.includes("PRIVATE KEY"));
  }
});

async function allTexts(folder: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) texts.push(...await allTexts(path));
    else if (isFile) texts.push(await Deno.readTextFile(path));
  }
  return texts;
}

Deno.test("a refused deploy key fails the launch with 125 and leaves nothing", async (t) => {
  await using scene = await makeScene();
  const { forge } = scene;
  const cases = [
    ["401", { kind: "status", status: 401 }, /Gitea does not accept the token/],
    ["403", { kind: "status", status: 403 }, /"write:repository"/],
    ["404", { kind: "status", status: 404 }, /there is no such repository/],
    ["409", { kind: "status", status: 409 }, /the server does not take the key/],
    ["500", { kind: "status", status: 500 }, /the server answers 500/],
    ["a redirect", { kind: "redirect", to: "https://192.0.2.1/" }, /the server answers 307/],
    ["rubbish", { kind: "rubbish" }, /the server answers 200/],
    ["a cut answer", { kind: "cut" }, /Cannot reach the API/],
    ["100 MB", { kind: "huge" }, /its answer is too long/],
    ["no answer", { kind: "hang" }, /no answer within 10 s/],
  ] as const;
  for (const [name, fault, words] of cases) {
    await t.step(name, async () => {
      forge.fault = ({ method }) => method === "POST" ? fault : undefined;
      const { code, stdout, stderr } = await scene.run(START);
      assert.deepEqual([code, stdout], [125, ""], stderr);
      assert.match(stderr, words);
      assert.ok(!stderr.includes(TOKEN));
      assert.deepEqual(await scene.home.left(), []);
      assert.deepEqual(JSON.parse((await scene.run(["list", "--json"])).stdout).bottles, []);
      await assertNothingLeft(scene);
    });
  }
});

Deno.test("a program that is killed between the key's making and its own note of it leaves what cleanup finds", async () => {
  await using scene = await makeScene();
  const { forge } = scene;
  const { promise: made, resolve } = Promise.withResolvers<void>();
  forge.faultAfter = ({ method }) => {
    if (method !== "POST") return undefined;
    resolve();
    return { kind: "hang" };
  };
  const [program = "", ...args] = scene.argv(START);
  const child = new Deno.Command(program, {
    args,
    env: { ...scene.env, BOT_BOTTLE_HOME: scene.home.folder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await made;
  child.kill("SIGKILL");
  await child.status;
  forge.faultAfter = () => undefined;
  const [title = ""] = forge.world.titles();
  assert.deepEqual(await scene.records(), [[title, null]]);
  const planned = await scene.run(["cleanup", "-n"]);
  assert.match(planned.stdout, new RegExp(`deploy key +${title} `));
  const cleaned = await scene.run(["cleanup", "--yes"]);
  assert.equal(cleaned.code, 0, cleaned.stderr);
  await assertNothingLeft(scene);
});

Deno.test("a bottle whose containers were killed has its key removed by cleanup", async () => {
  await using scene = await makeScene();
  const slug = await startBottle(scene);
  const filter = `label=${Label.slug}=${slug}`;
  const ids = (await engine.docker(["ps", "-q", "--filter", filter])).trim().split("\n");
  await engine.docker(["kill", ...ids]);
  assert.equal(scene.forge.world.keys.length, 1);
  const cleaned = await scene.run(["cleanup", slug, "--yes"]);
  assert.equal(cleaned.code, 0, cleaned.stderr);
  await assertNothingLeft(scene);
});

Deno.test("a Ctrl-C while the forge says nothing undoes the launch, and what the forge did meanwhile", async () => {
  await using scene = await makeScene();
  const { forge } = scene;
  const { promise: made, resolve } = Promise.withResolvers<void>();
  forge.faultAfter = ({ method }) => {
    if (method !== "POST") return undefined;
    resolve();
    return { kind: "hang" };
  };
  const [program = "", ...args] = scene.argv(START);
  const child = new Deno.Command(program, {
    args,
    env: { ...scene.env, BOT_BOTTLE_HOME: scene.home.folder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await made;
  interrupt(child);
  assert.equal((await child.status).code, 130);
  forge.faultAfter = () => undefined;
  await assertNothingLeft(scene);
  assert.deepEqual(await scene.home.left(), []);
});

Deno.test("a key that can't be removed is kept in mind over the bottle's end, until cleanup can", async () => {
  await using scene = await makeScene();
  const { forge } = scene;
  forge.fault = ({ method }) => method === "DELETE" ? { kind: "status", status: 502 } : undefined;
  const ended = await scene.run(["run", "demo", "--prompt", "echo done"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(
    ended.stderr,
    /! The deploy key ".*" of "team\/widget" .* stays: .*502.*`bot-bottle cleanup` tries again/,
  );
  assert.equal((await scene.records()).length, 1);
  const { pending_deploy_keys: pending } = JSON.parse((await scene.run(["list", "--json"])).stdout);
  assert.equal(pending.length, 1);
  const withoutToken = await scene.run(["cleanup", "--yes"], { env: { GITEA_TOKEN: "" } });
  assert.equal(withoutToken.code, 1, withoutToken.stderr);
  forge.fault = () => undefined;
  assert.equal((await scene.run(["cleanup", "--yes"])).code, 0);
  await assertNothingLeft(scene);
});

Deno.test("requests go by the company's proxy, but for the hosts that are reached without it", async () => {
  await using scene = await makeScene();
  await using proxy = startCompanyProxy({
    authorization: `Basic ${btoa("ada:p w")}`,
    // Deno names itself to the proxy.
    fields: ["user-agent"],
  });
  const through = {
    // What containers call this machine.
    BOT_BOTTLE_UPSTREAM_PROXY: `http://ada:p%20w@host.docker.internal:${proxy.port}`,
  };
  scene.forge.fault = () => ({ kind: "status", status: 403 });
  const denied = await scene.run(START, { env: through });
  assert.equal(denied.code, 125);
  assert.match(denied.stderr, /"write:repository"/);
  assert.deepEqual(proxy.faults, []);
  assert.equal(proxy.heads.length, 1);
  assert.match(
    proxy.heads[0] ?? "",
    new RegExp(`^CONNECT ${new URL(scene.forge.api).host} HTTP/1.1`),
  );
  assert.ok(!proxy.heads.join().includes(TOKEN));
  const direct = await scene.run(START, { env: { ...through, BOT_BOTTLE_NO_PROXY: "localhost" } });
  assert.match(direct.stderr, /"write:repository"/);
  assert.equal(proxy.heads.length, 1, proxy.heads.join());
});
