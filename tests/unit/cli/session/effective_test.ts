import { deepEqual } from "node:assert/strict";
import { effectiveValues } from "../../../../cli/session/effective.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

Deno.test("effectiveValues names for each value the very place that won, or that it is a default", async () => {
  await using files = await manifestFiles({
    "home/bottles/base.md": markdown(
      "env: { LEVEL: debug, MODE: slow }\nresources: { memory: 1g, pids: 64 }\negress: { log: blocked }",
    ),
    "home/bottles/dev.md": markdown(`
extends: base
agent_provider: { template: claude, auth_token: TOKEN }
env: { MODE: fast }
resources: { memory: 512m }
git-gate:
  user: { name: Bot }
  repos:
    lib:
      url: https://git.example.com/team/lib.git
      key: { provider: token, token_ref: LIB }
egress:
  routes:
    - host: api.github.com
      matches: [{ methods: [GET, HEAD], paths: [{ type: prefix, value: /repos }] }]
      auth: { scheme: bearer, token_ref: GH }
    - host: db.internal
      ports: [8443]
      allow_private: true`),
    "home/agents/demo.md": markdown("bottle: dev", "Be careful"),
  });
  const { home, root } = files;
  const manifest = await (await ManifestIndex.load({ home })).loadForAgent("demo");
  const rows = effectiveValues(manifest).map(({ key, value, from }) =>
    `${key} | ${value} | ${from}`.replaceAll(`${root}/home/`, "")
  );
  deepEqual(rows, [
    "bottle | dev | agents/demo.md:2:9",
    "extends[0] | base | bottles/base.md",
    "prompt | 10 B | agents/demo.md",
    "agent_provider.template | claude | bottles/dev.md:3:1",
    "agent_provider.auth_token | ← TOKEN | bottles/dev.md:3:1",
    "env.LEVEL | debug | bottles/base.md:2:15",
    "env.MODE | fast | bottles/dev.md:4:14",
    "git-gate.repos.lib | https://git.example.com/team/lib.git; key token ← LIB; push allow: refs/heads/*, refs/tags/*; forced or deleted: all but the upstream's HEAD branch | bottles/dev.md:9:5",
    "egress.routes[api.github.com] | GET,HEAD prefix /repos; bearer ← GH | bottles/dev.md:14:7",
    "egress.routes[db.internal] | ports 8443; everything; no credential; private addresses | bottles/dev.md:17:7",
    "egress.log | blocked | bottles/base.md:4:16",
    "resources.cpus | 2 | default",
    "resources.memory | 512 MiB | bottles/dev.md:5:22",
    "resources.pids | 64 | bottles/base.md:3:32",
    "git-gate.user.name | Bot | bottles/dev.md:7:17",
    "supervise | false | default",
  ]);
  const [bottle] = effectiveValues(
    await (await ManifestIndex.load({ home })).loadForAgent("demo", { bottle: "dev" }),
  );
  deepEqual(bottle?.from.endsWith("demo.md:2:9"), true);
});

Deno.test("effectiveValues says when a bottle was named on the command line", async () => {
  const index = ManifestIndex.fromObjects({
    bottles: { dev: {}, other: { agent_provider: { template: "scripted" } } },
    agents: { demo: { bottle: "dev" } },
  });
  const [bottle] = effectiveValues(await index.loadForAgent("demo", { bottle: "other" }));
  deepEqual([bottle?.value, bottle?.from, bottle?.is_default], ["other", "--bottle", false]);
});
