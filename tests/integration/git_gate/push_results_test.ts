/** Pushes through the real gate to a real sshd: what the pusher's git says and how it ends are the upstream's answer. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Ended } from "../../support/git/container.ts";
import { pushRowAfter, pushRows } from "../../support/git/push_rows.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";

/** Each ref's line of `--porcelain`, in order. */
function refLines({ stdout }: Ended): readonly string[] {
  return stdout.split("\n").filter((line) => line.includes("\t")).toSorted();
}

async function mirrorRefs(stage: GitStage, name: string): Promise<string> {
  const list = `for each in /var/lib/bot-bottle/mirrors/${name}*; do
    git --git-dir="$each" for-each-ref --format="%(refname) %(objectname)"; done`;
  return await stage.gate.container.read(["sh", "-c", list], { user: "1002:1002" });
}

async function packs(stage: GitStage): Promise<readonly string[]> {
  const list = "cd /var/lib/bot-bottle/mirrors && find . -path '*/objects/*' -type f | sort";
  const text = await stage.gate.container.read(["sh", "-c", list], { user: "1002:1002" });
  return text.split("\n").filter((line) => !line.includes("/info/"));
}

Deno.test("what the upstream answers to a push through the gate", async (t) => {
  await using stage = await openGitStage({
    repos: { widget: { rules: { protected: [] } } },
  });
  const { client } = stage;
  const upstream = stage.repo("widget");
  await upstream.commit("main", { "a.txt": "a\n" });
  equal((await client.run(["clone", "-q", upstream.url, "w"])).code, 0);
  const cwd = `${client.home}/w`;
  const push = (...args: readonly string[]): Promise<Ended> =>
    client.run(["push", "--porcelain", "origin", ...args], { cwd });
  const git = (...args: readonly string[]): Promise<string> => client.git(args, { cwd });
  const commit = async (text: string): Promise<string> => {
    await client.sh(`echo ${text} >>a.txt && git commit -qam ${text}`, { cwd });
    return await git("rev-parse", "HEAD");
  };
  const same = async (): Promise<void> => {
    const { HEAD: _head, ...refs } = await upstream.refs();
    const lines = Object.entries(refs).map(([ref, id]) => `${ref} ${id}`).toSorted().join("\n");
    equal(await mirrorRefs(stage, "widget"), lines);
    equal((await upstream.fsck()).code, 0);
  };

  await t.step("a new commit, a new branch, both kinds of tags", async () => {
    const id = await commit("one");
    await git("tag", "light");
    await git("tag", "-a", "-m", "noted", "v1");
    const ended = await push("main", "main:topic", "light", "v1");
    equal(ended.code, 0, ended.stderr);
    deepEqual(refLines(ended).map((line) => line.split("\t").slice(0, 2)), [
      [" ", "refs/heads/main:refs/heads/main"],
      ["*", "refs/heads/main:refs/heads/topic"],
      ["*", "refs/tags/light:refs/tags/light"],
      ["*", "refs/tags/v1:refs/tags/v1"],
    ]);
    const refs = await upstream.refs();
    deepEqual([refs["refs/heads/main"], refs["refs/heads/topic"]], [id, id]);
    const row = await pushRowAfter(stage.gate, 0);
    deepEqual([row.kind, row.verdict, row.scheme, row.port], ["git", "allowed", "ssh", 22]);
    equal(row.push?.refs.length, 4);
    ok(row.push?.refs.every(({ accepted }) => accepted));
    ok(row.bytes_up > 0);
    await same();
  });

  await t.step("nothing", async () => {
    const { length } = stage.gate.rows;
    const ended = await client.run(["push", "origin", "main"], { cwd });
    deepEqual([ended.code, ended.stderr], [0, "Everything up-to-date\n"]);
    equal(stage.gate.rows.length, length);
  });

  await t.step("a ref that the upstream's hook refuses, and others that it takes", async () => {
    await upstream.hook(
      "update",
      `case $1 in refs/heads/no*) echo "no: $1 is closed" >&2; exit 1;; esac`,
    );
    await commit("two");
    const had = pushRows(stage.gate).length;
    const ended = await push("main", "main:no/one", "main:yes");
    equal(ended.code, 1);
    match(ended.stderr, /^remote: no: refs\/heads\/no\/one is closed *$/m);
    const lines = refLines(ended);
    match(lines[0] ?? "", /^ \trefs\/heads\/main:refs\/heads\/main\t/);
    equal(lines[1], "!\trefs/heads/main:refs/heads/no/one\t[remote rejected] (hook declined)");
    match(lines[2] ?? "", /^\*\trefs\/heads\/main:refs\/heads\/yes\t/);
    const row = await pushRowAfter(stage.gate, had);
    deepEqual([row.verdict, row.reason], ["failed", "upstream-refused"]);
    equal(row.detail, "refs/heads/no/one: hook declined");
    deepEqual(
      row.push?.refs.map(({ ref, accepted }) => [ref, accepted]).toSorted(),
      [["refs/heads/main", true], ["refs/heads/no/one", false], ["refs/heads/yes", true]],
    );
    await same();
  });

  await t.step("all or nothing with --atomic", async () => {
    await commit("three");
    const before = await upstream.refs();
    const ended = await push("--atomic", "main", "main:no/two", "main:third");
    equal(ended.code, 1);
    deepEqual(refLines(ended).map((line) => line[0]), ["!", "!", "!"]);
    deepEqual(await upstream.refs(), before);
    await same();
    equal((await push("--atomic", "main", "main:third")).code, 0);
    await same();
  });

  await t.step("nothing is left in the mirror of a push of which nothing was taken", async () => {
    await commit("four");
    const before = await packs(stage);
    const ended = await push("main:no/three");
    deepEqual([ended.code, refLines(ended).length], [1, 1]);
    deepEqual(await packs(stage), before);
    deepEqual(await packs(stage), before);
    equal((await push("main")).code, 0);
    await same();
  });

  await t.step("deletions, of what is there and of what is not", async () => {
    const ended = await push("--delete", "yes", "third", "light");
    equal(ended.code, 0, ended.stderr);
    deepEqual(refLines(ended).map((line) => line[0]), ["-", "-", "-"]);
    await same();
    const again = await push("--delete", "yes");
    equal(again.code, 1);
    match(again.stderr, /remote ref does not exist/);
  });

  await t.step("a branch makes room for one below it", async () => {
    equal((await push("main:refs/heads/d")).code, 0);
    const blocked = await push("main:refs/heads/d/e");
    equal(blocked.code, 1);
    match(refLines(blocked)[0] ?? "", /\[remote rejected\]/);
    equal((await push(":refs/heads/d")).code, 0);
    equal((await push("main:refs/heads/d/e")).code, 0);
    await same();
  });

  await t.step("force, with a lease and without", async () => {
    await git("switch", "-qc", "side", "main~1");
    const id = await commit("aside");
    const plain = await push("side:main");
    equal(plain.code, 1);
    match(refLines(plain)[0] ?? "", /^!\t.*\[rejected\] \(non-fast-forward\)$/);
    const stale = await push("--force-with-lease=main:side", "side:main");
    match(refLines(stale)[0] ?? "", /\[rejected\] \(stale info\)$/);
    const forced = await push("--force-with-lease", "side:main");
    equal(forced.code, 0, forced.stderr);
    match(refLines(forced)[0] ?? "", /^\+\t.*\(forced update\)$/);
    equal((await upstream.refs())["refs/heads/main"], id);
    await git("branch", "-f", "main", "side");
    await git("switch", "-q", "main");
    await same();
  });

  await t.step("an upstream that has moved", async () => {
    const mine = await commit("mine");
    const theirs = await upstream.commit("main", { "b.txt": "b\n" });
    const ended = await push("main");
    equal(ended.code, 1);
    match(refLines(ended)[0] ?? "", /^!\t.*\[rejected\] \(fetch first\)$/);
    const { "refs/heads/main": main } = await upstream.refs();
    equal(main, theirs);
    ok(!(await upstream.objects()).has(mine));
    await git("pull", "-q", "--rebase", "origin", "main");
    equal((await push("main")).code, 0);
    await same();
  });

  await t.step("what the upstream itself does not allow", async () => {
    const ended = await push(":main");
    equal(ended.code, 1);
    match(
      refLines(ended)[0] ?? "",
      /\[remote rejected\] \(deletion of the current branch prohibited\)$/,
    );
    await same();
  });

  await t.step("push options, where the upstream takes them and where not", async () => {
    await commit("options");
    const refused = await push("-o", "ci.skip", "main");
    equal(refused.code, 1);
    match(refused.stdout + refused.stderr, /the receiving end does not support push options/);
    await upstream.git("config", "receive.advertisePushOptions", "true");
    await upstream.hook("pre-receive", `echo "got $GIT_PUSH_OPTION_COUNT: $GIT_PUSH_OPTION_0"`);
    const taken = await push("-o", "ci.skip", "-o", "a=b c", "main");
    equal(taken.code, 0, taken.stderr);
    match(taken.stderr, /^remote: got 2: ci.skip *$/m);
    await upstream.hook("pre-receive", undefined);
    await same();
  });

  await t.step("--mirror, and --prune within refs/heads", async () => {
    await git("branch", "extra");
    await client.run(["clone", "-q", "--bare", `${cwd}/.git`, "bare.git"]);
    const bare = `${client.home}/bare.git`;
    await client.git(["remote", "set-url", "origin", upstream.url], { cwd: bare });
    const mirrored = await client.run(["push", "--mirror", "origin"], { cwd: bare });
    equal(mirrored.code, 0, mirrored.stderr);
    const { HEAD: _head, ...refs } = await upstream.refs();
    const own = await client.git(["for-each-ref", "--format=%(refname) %(objectname)"], {
      cwd: bare,
    });
    equal(Object.entries(refs).map((pair) => pair.join(" ")).toSorted().join("\n"), own);
    await client.git(["branch", "-D", "extra"], { cwd: bare });
    const pruned = await client.run(["push", "--prune", "origin", "refs/heads/*:refs/heads/*"], {
      cwd: bare,
    });
    equal(pruned.code, 0, pruned.stderr);
    equal((await upstream.refs())["refs/heads/extra"], undefined);
    await same();
  });

  await t.step("a signed push is refused before anything is sent", async () => {
    await commit("signed");
    const ended = await push("--signed=yes", "main");
    ok(ended.code !== 0, ended.stdout);
    match(ended.stderr, /the receiving end does not support --signed push/);
  });

  await t.step("from a shallow clone", async () => {
    await client.git(["clone", "-q", "--depth=1", upstream.url, "shallow"]);
    const there = `${client.home}/shallow`;
    await client.sh("echo s >s && git add s && git commit -qm s", { cwd: there });
    const ended = await client.run(["push", "origin", "HEAD:refs/heads/shallow"], { cwd: there });
    equal(ended.code, 0, ended.stderr);
    await same();
  });
});
