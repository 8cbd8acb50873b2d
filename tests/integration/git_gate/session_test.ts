/** A day's work with git through the gate is what it is over plain ssh. */

import { equal, ok } from "node:assert/strict";
import { startGitClient } from "../../support/git/client.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";
import type { UpstreamRepo } from "../../support/git/upstream_repo.ts";
import { take } from "./session/side.ts";
import { steps, UPDATE_HOOK } from "./session/steps.ts";

Deno.test("a session of 40 commands ends the same through the gate and over plain ssh", async (t) => {
  ok(steps.length >= 40);
  await using stage = await openGitStage({ repos: { widget: {}, part: {} } });
  await using plainClient = await startGitClient({
    engine: stage.engine,
    name: `${stage.client.container.name}-plain`,
    network: stage.outer.name,
  });
  await plainClient.trust(stage.sshd, stage.key.privateKey);
  const plainUpstreams = await makeTwins(stage);
  for (const name of ["widget", "part"] as const) {
    await plainClient.insteadOf(stage.repo(name).url, plainUpstreams[name].url);
  }
  const { sshd, client } = stage;
  const gated = { client, sshd, upstream: stage.repo("widget") };
  const plain = { client: plainClient, sshd, upstream: plainUpstreams.widget };
  for (const step of steps) {
    await t.step(`git ${step.git}`, async () => {
      const [byGate, bySsh] = await Promise.all([take(gated, step), take(plain, step)]);
      equal(bySsh.code, step.code ?? 0, bySsh.stderr);
      equal(byGate.code, bySsh.code, byGate.stderr);
      equal(byGate.upstream, bySsh.upstream, byGate.stderr);
      equal(byGate.local, bySsh.local, byGate.stderr);
      const said = step.says ?? "";
      for (const { stderr } of [bySsh, byGate]) ok(stderr.includes(said), stderr);
    });
  }
});

/** Fills the gate's upstreams, and others with the same content for plain ssh. */
async function makeTwins(stage: GitStage): Promise<Record<"widget" | "part", UpstreamRepo>> {
  const fill = async (repo: UpstreamRepo, title: string): Promise<UpstreamRepo> => {
    await repo.commit("main", { "README.md": `# ${title}\n` });
    await repo.commit("main", { "src/index.js": "export {};\n" });
    await repo.commit("main", { "src/other.js": "export default 1;\n" });
    await repo.commit("main", { "docs/guide.md": "Read on\n" });
    await repo.hook("update", UPDATE_HOOK);
    return repo;
  };
  const twinOf = async (name: string): Promise<UpstreamRepo> => {
    await fill(stage.repo(name), name);
    return await fill(await stage.sshd.createRepo(`${name}-plain`), name);
  };
  return { widget: await twinOf("widget"), part: await twinOf("part") };
}
