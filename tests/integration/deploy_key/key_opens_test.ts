/** A key that this program makes, at a forge whose ssh server is real. */

import assert from "node:assert/strict";
import { createEngine } from "../../../backends/engine/engine.ts";
import { openGitea } from "../../../lib/deploy_key/gitea.ts";
import { makeKeyPair } from "../../../lib/deploy_key/key_pair.ts";
import { createSend } from "../../../lib/deploy_key/send_request.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { Secret } from "../../../lib/secret.ts";
import { startGitClient } from "../../support/git/client.ts";
import { makeNetwork } from "../../support/git/container.ts";
import { startSshd } from "../../support/git/sshd.ts";
import { TOKEN } from "../../support/forges/in_process.ts";
import { startForge } from "../../support/forges/server.ts";

const { signal } = new AbortController();

Deno.test("a deploy key opens its repository by a real ssh, and opens nothing once it is removed", async () => {
  const engine = createEngine({ run: createRun() });
  const id = `bot-bottle-test-keys-${crypto.randomUUID().slice(0, 8)}`;
  await using network = await makeNetwork(engine, id);
  await using sshd = await startSshd({ engine, name: `${id}-sshd`, network: network.name });
  await using client = await startGitClient({ engine, name: `${id}-git`, network: network.name });
  const widget = await sshd.createRepo("widget");
  await widget.commit("main", { "README.md": "# widget\n" });
  await using forge = await startForge();
  forge.world.addRepo({ owner: "team", name: "widget", admins: ["ada"], readers: [] });
  forge.world.tokens.set(TOKEN, { user: "ada", scopes: ["write:repository"] });
  forge.carriedOut = async ({ method }) => {
    if (method !== "GET") await sshd.authorize(...forge.world.keys.map(({ line }) => line));
  };
  const gitea = openGitea({
    target: { api: forge.api, owner: "team", repo: "widget" },
    token: new Secret(TOKEN),
    send: createSend({ extraCaPem: forge.caPem, proxy: null }),
  });

  const { publicLine, privateText } = await makeKeyPair("bot-bottle demo-abcde widget");
  await client.trust(sshd, privateText.reveal());
  const keygen = await client.sh("ssh-keygen -y -f ~/.ssh/id_ed25519");
  assert.equal(keygen.stdout.trim(), publicLine, keygen.stderr);
  const clone = (): ReturnType<typeof client.run> =>
    client.run(["clone", "--quiet", widget.url, crypto.randomUUID()]);

  assert.match((await clone()).stderr, /Permission denied \(publickey\)/);
  const title = "bot-bottle demo-abcde widget";
  const made = await gitea.create({ title, publicLine, readOnly: false }, signal);
  const opened = await clone();
  assert.equal(opened.code, 0, opened.stderr);
  await gitea.delete(made.id, signal);
  assert.match((await clone()).stderr, /Permission denied \(publickey\)/);
  assert.deepEqual(forge.world.violations, []);
});

Deno.test("a real ssh reads a private key with a comment of any length", async () => {
  const engine = createEngine({ run: createRun() });
  const id = `bot-bottle-test-keys-${crypto.randomUUID().slice(0, 8)}`;
  await using network = await makeNetwork(engine, id);
  await using client = await startGitClient({ engine, name: `${id}-git`, network: network.name });
  for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 8, 200]) {
    const { publicLine, privateText } = await makeKeyPair("x".repeat(length));
    // In memory: ssh-keygen reads no pipe.
    const script = `umask 077; cat >/dev/shm/key; ssh-keygen -y -f /dev/shm/key; rm /dev/shm/key`;
    const { stdout, stderr } = await client.sh(script, { stdin: privateText.reveal() });
    assert.equal(stdout.trim(), publicLine.trim(), stderr);
  }
});
