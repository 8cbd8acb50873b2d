/** What an agent that asks for much at once can take from the bundle, which it shares with egress and init. */

import { equal, match } from "node:assert/strict";
import { openGitStage } from "../../support/git/stage.ts";

const REPOS = 64;

Deno.test("many repositories of a slow upstream, asked for at once, leave the bundle its processes", async () => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const { client, config, gate, sshd } = stage;
  await stage.repo("widget").commit("main", { "README.md": "# widget\n" });
  const names = Array.from({ length: REPOS }, (_, at) => `widget${at}`);
  await gate.restart({
    ...config,
    repos: config.repos.flatMap((repo) => names.map((name) => ({ ...repo, name }))),
  });
  await sshd.delay(3);
  const asked = await client.sh(
    `for name in ${names.join(" ")}; do git ls-remote -q ${
      gate.url("")
    }$name >"/tmp/$name" 2>&1 & done; wait
     cat /tmp/widget*`,
    { timeoutMs: 300_000 },
  );
  const refused = await gate.container.read(["cat", "/sys/fs/cgroup/pids.events"]).catch(() =>
    gate.container.read(["cat", "/sys/fs/cgroup/pids/pids.events"])
  );
  match(refused, /^max 0$/m);
  equal(asked.stdout.match(/refs\/heads\/main$/mg)?.length, REPOS, asked.stdout);
});
