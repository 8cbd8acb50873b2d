/** A bottle that reaches its repository by a key of its own: made at its start, gone at its end. */

import assert from "node:assert/strict";
import { engine } from "../../e2e/cli/program.ts";
import { startGitClient } from "../../support/git/client.ts";
import { makeNetwork } from "../../support/git/container.ts";
import { startSshd } from "../../support/git/sshd.ts";
import { makeScene } from "./scene.ts";

Deno.test("a bottle clones and pushes by its deploy key, which opens nothing after its end", async () => {
  const id = `bot-bottle-test-keys-${crypto.randomUUID().slice(0, 8)}`;
  await using network = await makeNetwork(engine, id);
  await using sshd = await startSshd({ engine, name: `${id}-sshd`, network: network.name });
  await using plain = await startGitClient({ engine, name: `${id}-git`, network: network.name });
  await sshd.container.read(["mkdir", "-p", "/srv/git/team"], { user: "git" });
  const widget = await sshd.createRepo("team/widget");
  await widget.commit("main", { "README.md": "# widget\n" });
  await using scene = await makeScene();
  const { forge, run } = scene;
  forge.carriedOut = async ({ method }) => {
    if (method !== "GET") await sshd.authorize(...forge.world.keys.map(({ line }) => line));
  };
  const url = `${sshd.user}@${sshd.host}:team/widget.git`;
  await scene.declare([{ name: "widget", url, hostKey: await sshd.hostKey() }]);
  const joined = ["--bundle-network", `${network.name}=${sshd.host}`];
  const started = await run(["start", "demo", "--yes", "--detach", ...joined]);
  assert.equal(started.code, 0, started.stderr);
  const slug = started.stdout.trim();
  const guest = (script: string): ReturnType<typeof run> =>
    run(["exec", slug, "--", "sh", "-c", script]);

  const cloned = await guest(`git clone --quiet ${url} widget && cat widget/README.md`);
  assert.deepEqual([cloned.code, cloned.stdout], [0, "# widget\n"], cloned.stderr);
  const pushed = await guest(
    `cd widget && git config user.name A && git config user.email a@example.com && echo more >>README.md &&
     git commit --quiet -am More && git push origin HEAD:refs/heads/bot/one && git rev-parse HEAD`,
  );
  assert.equal(pushed.code, 0, pushed.stderr);
  const head = pushed.stdout.trim();
  assert.equal((await widget.refs())["refs/heads/bot/one"], head);

  assert.equal((await run(["stop", slug])).code, 0);
  assert.deepEqual(forge.world.titles(), []);
  const resumed = await run(["resume", slug, "--detach"]);
  assert.equal(resumed.code, 0, resumed.stderr);
  await widget.commit("main", { "NEWS.md": "news\n" });
  const fetched = await guest("cd widget && git fetch --quiet && git show origin/main:NEWS.md");
  assert.deepEqual([fetched.code, fetched.stdout], [0, "news\n"], fetched.stderr);
  assert.equal((await run(["cleanup", slug, "--yes"])).code, 0);
  const shut = await plain.run(["ls-remote", widget.url]);
  assert.notEqual(shut.code, 0, "nobody else has a key");
  assert.deepEqual([forge.world.titles(), await scene.records()], [[], []]);
});
