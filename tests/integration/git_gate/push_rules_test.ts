/** Pushes that the gate refuses, whatever the upstream would say: it gets nothing of them, and the gate keeps nothing. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Ended } from "../../support/git/container.ts";
import { pushRowAfter, pushRows } from "../../support/git/push_rows.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";

/** Files of objects in all mirrors. */
async function mirrored({ gate }: GitStage): Promise<string> {
  const list =
    "cd /var/lib/bot-bottle/mirrors && find . -path '*/objects/*' ! -path '*/info/*' | sort";
  return await gate.container.read(["sh", "-c", list], { user: "1002:1002" });
}

Deno.test("what git-gate refuses", async (t) => {
  await using stage = await openGitStage({
    repos: {
      widget: {
        rules: { refs: ["refs/heads/*", "refs/tags/*"], max_objects: 200, max_bytes: 300_000 },
      },
      strict: {
        rules: {
          refs: ["refs/heads/main", "refs/heads/bot/*", "refs/tags/*"],
          force: false,
          delete: false,
          approve_paths: [".github/workflows/**", "**/Jenkinsfile"],
        },
      },
      closed: { push: "deny" },
      asking: { push: "approve" },
    },
  });
  const { client, gate } = stage;
  for (const name of ["widget", "strict", "closed", "asking"]) {
    const upstream = stage.repo(name);
    await upstream.commit("main", { "a.txt": "a\n" });
    await upstream.commit("main", { "a.txt": "b\n" });
    await upstream.commit("other", { "o.txt": "o\n" });
    equal((await client.run(["clone", "-q", upstream.url, name])).code, 0);
  }
  const inRepo = (name: string): { readonly cwd: string } => ({ cwd: `${client.home}/${name}` });
  const sh = async (name: string, script: string): Promise<void> => {
    const { code, stderr } = await client.sh(`set -e; ${script}`, inRepo(name));
    equal(code, 0, stderr);
  };
  const push = (name: string, ...args: readonly string[]): Promise<Ended> =>
    client.run(["push", "origin", ...args], inRepo(name));

  /** Refused for this reason; neither side has anything of it. */
  const refused = async (
    name: string,
    reason: string,
    text: RegExp,
    ...args: readonly string[]
  ): Promise<void> => {
    const upstream = stage.repo(name);
    const before = await upstream.look();
    const files = await mirrored(stage);
    const had = pushRows(gate).length;
    const { code, stderr } = await push(name, ...args);
    equal(code, 1, stderr);
    match(stderr, /^remote: git-gate refused this push: /m);
    match(stderr, text);
    const row = await pushRowAfter(gate, had);
    deepEqual([row.verdict, row.reason, row.bytes_up], ["blocked", reason, 0], stderr);
    ok(row.push?.refs.every(({ accepted }) => !accepted));
    deepEqual(await upstream.look(), before);
    equal(await mirrored(stage), files);
  };
  const taken = async (name: string, ...args: readonly string[]): Promise<void> => {
    const had = pushRows(gate).length;
    const { code, stderr } = await push(name, ...args);
    equal(code, 0, stderr);
    equal((await pushRowAfter(gate, had)).verdict, "allowed");
  };

  await t.step("names outside of branches and tags", async () => {
    await sh("widget", "git notes add -m note");
    for (const ref of ["refs/notes/commits", "refs/replace/x", "refs/pull/1/head", "refs/stash"]) {
      await refused("widget", "push-ref", /only refs\/heads\//, `HEAD:${ref}`);
    }
  });

  await t.step("names that trick who reads them", async () => {
    for (const name of ["a\u202eb", "a\u200bb"]) {
      await refused("widget", "push-ref", /can't be seen/, `HEAD:refs/heads/${name}`);
    }
    await refused("widget", "push-ref", /taken? for an option/, "HEAD:refs/heads/-f");
    await refused("widget", "push-ref", /hides what HEAD is/, "HEAD:refs/heads/HEAD");
    await refused("widget", "push-ref", /in case only/, "HEAD:refs/heads/MAIN");
    await refused(
      "strict",
      "push-ref",
      /only refs\/heads\/main, refs\/heads\/bot/,
      "HEAD:refs/heads/x",
    );
  });

  await t.step("the upstream's HEAD branch, forced and deleted", async () => {
    await sh("widget", "git switch -qc aside HEAD~1; echo c >c; git add c; git commit -qm c");
    await refused("widget", "push-force", /refs\/heads\/main: it is protected/, "-f", "aside:main");
    await refused("widget", "push-delete", /refs\/heads\/main: it is protected/, ":main");
    await taken("widget", "aside");
    await sh("widget", "git commit -q --amend -m d");
    await taken("widget", "-f", "aside");
    await taken("widget", ":aside");
  });

  await t.step("the upstream's HEAD branch, by a branch that is called like a commit", async () => {
    await sh("widget", "git switch -q main; git commit -q --allow-empty -m next");
    const next = await client.git(["rev-parse", "HEAD"], inRepo("widget"));
    await sh("widget", "git switch -q --orphan evil; git commit -q --allow-empty -m evil");
    await taken("widget", `evil:refs/heads/${next}`);
    await taken("widget", "main");
    equal((await stage.repo("widget").refs())["refs/heads/main"], next);
    await taken("widget", `:refs/heads/${next}`);
    await sh("widget", "git switch -q main");
    await refused(
      "widget",
      "push-ref",
      /another ref's full name/,
      "main:refs/tags/refs/heads/main",
    );
  });

  await t.step("force, deletion and a moved tag where none may be", async () => {
    await sh("strict", "git switch -qc bot/a; echo c >c; git add c; git commit -qm c; git tag v1");
    await taken("strict", "bot/a", "v1");
    await sh("strict", "git commit -q --amend -m d; git tag -f v1");
    await refused("strict", "push-force", /no ref may be forced/, "-f", "bot/a");
    await refused("strict", "push-force", /refs\/tags\/v1: no ref may be moved/, "-f", "v1");
    await refused("strict", "push-delete", /no ref may be deleted/, ":bot/a");
    await sh("strict", "git reset -q --hard origin/bot/a");
  });

  await t.step("one bad ref among good ones", async () => {
    await sh("strict", "echo e >e; git add e; git commit -qm e");
    await refused("strict", "push-ref", /refs\/heads\/z: only/, "bot/a", "bot/a:refs/heads/z");
    await taken("strict", "bot/a");
  });

  await t.step("repositories that take no pushes", async () => {
    await refused("closed", "push-denied", /it takes no pushes/, "HEAD:refs/heads/a");
    await refused("asking", "push-approval", /waits for a person/, "HEAD:refs/heads/a");
  });

  const approvals: readonly (readonly [string, string, string])[] = [
    ["in a new branch", "bot/p1", "mkdir -p .github/workflows; echo x >.github/workflows/ci.yml"],
    ["in other letters", "bot/p2", "mkdir -p .GitHub/Workflows; echo x >.GitHub/Workflows/ci.yml"],
    ["below other folders", "bot/p3", "mkdir -p a/b; echo x >a/b/Jenkinsfile"],
    ["by a link in a folder's place", "bot/p4", "mkdir .github; ln -s ../a .github/workflows"],
    ["by a link in its parent's place", "bot/p5", "ln -s elsewhere .github"],
    ["by a rename", "bot/p6", "git mv a.txt Jenkinsfile"],
  ];
  for (const [name, branch, script] of approvals) {
    await t.step(`a path that waits for a person: ${name}`, async () => {
      await sh(
        "strict",
        `git switch -qc ${branch} origin/main; ${script}; git add -A; git commit -qm x`,
      );
      await refused("strict", "push-approval", /is changed, which waits for a person/, branch);
    });
  }

  await t.step("such a path in a commit that a later one undoes", async () => {
    await sh(
      "strict",
      "git switch -qc bot/m1 origin/main; echo x >Jenkinsfile; git add -A; git commit -qm x; git rm -q Jenkinsfile; git commit -qm y",
    );
    await refused("strict", "push-approval", /"Jenkinsfile" is changed/, "bot/m1");
  });

  await t.step("such a path that a merge brings in by itself", async () => {
    await sh(
      "strict",
      "git switch -qc bot/m2 origin/main; git merge -q --no-commit --allow-unrelated-histories -s ours origin/other; echo x >Jenkinsfile; git add -A; git commit -qm merged",
    );
    await refused("strict", "push-approval", /"Jenkinsfile" is changed/, "bot/m2");
  });

  await t.step("such a path that a branch loses or gets without a new commit", async () => {
    const upstream = stage.repo("strict");
    await upstream.commit("bot/n1", { "n.txt": "n\n" });
    await upstream.commit("bot/n1", { "Jenkinsfile": "x\n" });
    await upstream.git("branch", "bot/n2", "bot/n1~1");
    await sh("strict", "git fetch -q");
    await refused("strict", "push-approval", /Jenkinsfile/, "origin/bot/n1:refs/heads/bot/n2");
    await sh("strict", "git switch -qc bot/n3 origin/bot/n1");
    await taken("strict", "bot/n3");
  });

  await t.step("such a path as the HEAD branch has it is no change", async () => {
    await sh("strict", "git switch -qc bot/f origin/main; echo f >f; git add -A; git commit -qm f");
    await taken("strict", "bot/f");
    await stage.repo("strict").commit("main", { "Jenkinsfile": "theirs\n" });
    await sh("strict", "git fetch -q; git merge -q --no-edit origin/main");
    await taken("strict", "bot/f");
    await stage.repo("strict").commit("main", { "Jenkinsfile": "theirs, mended\n" });
    await sh("strict", "git fetch -q; git merge -q --no-edit -s ours origin/main");
    await refused("strict", "push-approval", /"Jenkinsfile" is changed/, "bot/f");
  });

  await t.step("too many objects, and too many bytes", async () => {
    await sh(
      "widget",
      "git switch -qc many main; for n in $(seq 300); do echo $n >n$n; done; git add -A; git commit -qm many",
    );
    await refused("widget", "push-too-big", /objects, at most 200/, "many");
    await sh(
      "widget",
      "git switch -qc big main; head -c 400000 /dev/urandom >big; git add big; git commit -qm big",
    );
    const had = pushRows(gate).length;
    const { code, stderr } = await push("widget", "big");
    equal(code, 1);
    match(stderr, /pack exceeds maximum allowed size/);
    const row = await pushRowAfter(gate, had);
    deepEqual([row.verdict, row.reason], ["blocked", "push-too-big"]);
  });

  await t.step("an object that is small in a pack and huge out of it", async () => {
    await sh(
      "widget",
      "git switch -qc huge main; head -c 105000000 /dev/zero >huge; git add huge; git commit -qm huge; rm huge",
    );
    await refused("widget", "push-too-big", /at most 100 MiB/, "huge");
  });

  await t.step("malformed objects, and a .gitmodules that runs something", async () => {
    await sh(
      "widget",
      `git reset -q --hard main; git switch -q main
id=$(printf 'tree %s\\nauthor x\\ncommitter x\\n\\nno\\n' $(git write-tree) | git hash-object -t commit -w --literally --stdin)
git update-ref refs/heads/bad $id`,
    );
    const had = pushRows(gate).length;
    const bad = await push("widget", "bad");
    equal(bad.code, 1);
    await sh(
      "widget",
      `git switch -qc mods main; printf '[submodule "a"]\\n\\tpath = a\\n\\turl = -u./payload\\n' >.gitmodules; git add .gitmodules; git commit -qm mods`,
    );
    const mods = await push("widget", "mods");
    equal(mods.code, 1);
    match(mods.stderr, /gitmodulesUrl/);
    await pushRowAfter(gate, had + 1);
    const rows = pushRows(gate).slice(-2);
    deepEqual(rows.map(({ verdict, reason }) => [verdict, reason]), [
      ["blocked", "push-malformed"],
      ["blocked", "push-malformed"],
    ]);
    match(rows[1]?.detail ?? "", /gitmodulesUrl/);
    const refs = await stage.repo("widget").refs();
    deepEqual([refs["refs/heads/bad"], refs["refs/heads/mods"]], [undefined, undefined]);
  });

  await t.step("a push that can't be recorded", async () => {
    await sh("widget", "git switch -qc unrecorded main; echo u >u; git add u; git commit -qm u");
    gate.refuseRows(true);
    const before = await stage.repo("widget").look();
    const { code, stderr } = await push("widget", "unrecorded");
    equal(code, 1);
    match(stderr, /could not be recorded/);
    deepEqual(await stage.repo("widget").look(), before);
    gate.refuseRows(false);
    await taken("widget", "unrecorded");
  });

  await t.step("a secret, by its place and never by its value", async () => {
    const secret = ["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_");
    await sh(
      "widget",
      `git switch -qc secret main; echo "token = ${secret}" >s.env; git add s.env; git commit -qm s`,
    );
    await refused("widget", "push-secret", /s\.env:1/, "secret");
    ok(!JSON.stringify(gate.rows).includes(secret));
    ok(!(await stage.repo("widget").holds(secret)));
  });
});
