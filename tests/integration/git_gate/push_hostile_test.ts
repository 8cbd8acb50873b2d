/** Pushes that no git makes: cut at any byte, lying about their objects, many at once. The next push works, and nothing is left. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { Ended } from "../../support/git/container.ts";
import { pushRowAfter, pushRows } from "../../support/git/push_rows.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";

/** Files of objects in all mirrors, and of the gate's own tmpfs. */
async function leftovers({ gate }: GitStage): Promise<string> {
  const list = `find /var/lib/bot-bottle/mirrors -path '*/objects/*' ! -path '*/info/*' | sort
find /run/git-gate -name 'trace-*'; find /run/git-gate/scans -mindepth 1 2>/dev/null || true`;
  return await gate.container.read(["sh", "-c", list], { user: "1002:1002" });
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/**
 * Makes the body of a push as `git push` would send it: commands, a flush, a pack. Arguments: what is pushed to which refs,
 * `<old> <new> <ref>` a line on stdin; `$1` what the pack holds, as `git pack-objects --revs` takes it; `$2` its options.
 */
const MAKE_BODY = `first=yes
while read -r old new ref; do
  line="$old $new $ref"
  if [ -n "$first" ]; then
    caps=' report-status side-band-64k agent=test'
    printf '%04x%s\\0%s' $((4 + \${#line} + 1 + \${#caps})) "$line" "$caps"
    first=
  else printf '%04x%s' $((4 + \${#line})) "$line"; fi
done
printf 0000
[ -z "$1" ] || printf '%b' "$1" | git pack-objects --revs --stdout -q $2`;

/** Sends the first \`$1\` bytes of the file \`$2\`, all of which it announces, and shows the answer. */
const SEND = `size=$(stat -c %s "$2"); exec 3<>/dev/tcp/git-gate/9418
{ printf 'POST /widget/git-receive-pack HTTP/1.1\\r\\nHost: git-gate:9418\\r\\n'
  printf 'Content-Type: application/x-git-receive-pack-request\\r\\nContent-Length: %s\\r\\n' "$size"
  printf 'Connection: close\\r\\n\\r\\n'; head -c "$1" "$2"; } >&3
if [ "$1" = "$size" ]; then timeout 290 cat <&3 | tr -d '\\0'; fi; true`;

const NONE = "0".repeat(40);

Deno.test("hostile pushes", async (t) => {
  await using stage = await openGitStage({
    repos: { widget: { rules: { protected: [] } } },
  });
  const { client, gate } = stage;
  const upstream = stage.repo("widget");
  const first = await upstream.commit("main", { "a.txt": "a\n" });
  equal((await client.run(["clone", "-q", upstream.url, "w"])).code, 0);
  const cwd = `${client.home}/w`;
  const git = (...args: readonly string[]): Promise<string> => client.git(args, { cwd });
  const push = (...args: readonly string[]): Promise<Ended> =>
    client.run(["push", "origin", ...args], { cwd });
  const commit = async (name: string): Promise<string> => {
    await client.sh(`head -c 3000 /dev/urandom >${name}; git add -A; git commit -qm ${name}`, {
      cwd,
    });
    return await git("rev-parse", "HEAD");
  };
  const body = async (
    file: string,
    commands: readonly string[],
    revs: string,
    options = "",
  ): Promise<number> => {
    const { code, stderr } = await client.container.exec(
      ["bash", "-c", `{ ${MAKE_BODY}\n} >${file}`, "bash", revs, options],
      { cwd, stdin: commands.map((line) => `${line}\n`).join("") },
    );
    equal(code, 0, stderr);
    return Number(await client.container.read(["stat", "-c", "%s", file], { cwd }));
  };
  const send = async (file: string, bytes: number): Promise<string> => {
    const { code, stdout, stderr } = await client.container.exec(
      ["bash", "-c", SEND, "bash", String(bytes), file],
      { cwd, timeoutMs: 300_000 },
    );
    equal(code, 0, stderr);
    return stdout;
  };
  const pushes = (): readonly AuditRow[] => pushRows(gate);
  const works = async (): Promise<void> => {
    await commit(`w${crypto.randomUUID().slice(0, 8)}`);
    const { code, stderr } = await push("HEAD:refs/heads/works");
    equal(code, 0, stderr);
    equal((await upstream.fsck()).code, 0);
  };

  await t.step("a push that is cut at any byte", async () => {
    const id = await commit("cut");
    const size = await body("../cut", [`${NONE} ${id} refs/heads/cut`], `${id}\\n^${first}\\n`);
    const before = await leftovers(stage);
    const cuts = [0, 1, 3, 4, 50, 100, 160, 170, 171, 172, 180, 200, 1_000, size - 21, size - 1];
    for (const bytes of cuts) await send("../cut", bytes);
    await until(() => pushes().length === cuts.length);
    for (const row of pushes()) {
      deepEqual([row.verdict, row.reason, row.bytes_up], ["failed", "push-cut", 0]);
    }
    await until(async () => await leftovers(stage) === before);
    ok(!(await upstream.objects()).has(id));
    match(await send("../cut", size), /ok refs\/heads\/cut/);
    equal((await upstream.refs())["refs/heads/cut"], id);
    await works();
  });

  await t.step("a pusher that goes away while the upstream still works", async () => {
    await upstream.hook("pre-receive", "touch here; until [ -e go ]; do sleep 0.1; done");
    const id = await commit("gone");
    const size = await body("../gone", [`${NONE} ${id} refs/heads/gone`], `${id}\\n^${first}\\n`);
    const { length } = pushes();
    const sending = client.container.exec(
      ["timeout", "-s", "KILL", "8", "bash", "-c", SEND, "bash", String(size), "../gone"],
      { cwd },
    );
    const sshd = stage.sshd.container;
    await until(async () => (await sshd.exec(["test", "-e", `${upstream.path}/here`])).code === 0);
    await sending;
    await sshd.read(["touch", `${upstream.path}/go`]);
    const row = await pushRowAfter(gate, length);
    deepEqual([row.verdict, row.push?.refs.map(({ accepted }) => accepted)], ["allowed", [true]]);
    equal((await upstream.refs())["refs/heads/gone"], id);
    await upstream.hook("pre-receive", undefined);
    await works();
  });

  await t.step("a pack that is not whole: deltas against what is not there", async () => {
    const id = await commit("thin");
    await git("repack", "-adq");
    // A pack of the blob alone: what the commit leads to is missing.
    const blob = await git("rev-parse", "HEAD:thin");
    const before = await leftovers(stage);
    await client.container.exec(
      [
        "bash",
        "-c",
        `{ ${MAKE_BODY}\n} >../thin; echo ${blob} | git pack-objects --stdout -q >>../thin`,
        "bash",
        "",
      ],
      { cwd, stdin: `${NONE} ${id} refs/heads/thin\n` },
    );
    const size = Number(await client.container.read(["stat", "-c", "%s", "../thin"], { cwd }));
    const answer = await send("../thin", size);
    match(answer, /ng refs\/heads\/thin/);
    equal((await upstream.refs())["refs/heads/thin"], undefined);
    await until(async () => await leftovers(stage) === before);
    await works();
  });

  await t.step("commands that no git sends", async () => {
    const id = await git("rev-parse", "HEAD");
    const lines: readonly (readonly [string, RegExp])[] = [
      [`${NONE} ${id} HEAD`, /ng HEAD/],
      [`${NONE} ${id} main`, /ng main/],
      [`${NONE} ${id} refs/heads/../../x`, /ng refs\/heads\/\.\.\/\.\.\/x/],
      [`${NONE} ${id} refs/heads/a*`, /ng refs\/heads\/a\*/],
      [`${NONE} ${NONE} refs/heads/none`, /refs\/heads\/none/],
      [`${NONE} ${"1".repeat(40)} refs/heads/unknown`, /ng refs\/heads\/unknown/],
    ];
    const before = await upstream.refs();
    for (const [line, answer] of lines) {
      const size = await body("../odd", [line], `${id}\\n^${first}\\n`);
      match(await send("../odd", size), answer, line);
    }
    const lie = `${"1".repeat(40)} ${id} refs/heads/main`;
    const size = await body("../lie", [lie], `${id}\\n^${first}\\n`);
    match(await send("../lie", size), /ng refs\/heads\/main fetch first/);
    deepEqual(await upstream.refs(), before);
    await works();
  });

  await t.step("refs that name what is there already, without a pack", async () => {
    const id = await git("rev-parse", "origin/main");
    const names = Array.from({ length: 30 }, (_, n) => `origin/main:refs/heads/same/${n}`);
    equal((await push(...names)).code, 0);
    equal((await upstream.refs())["refs/heads/same/29"], id);
  });

  await t.step("10,001 refs in one push, and 3,000", async () => {
    const id = await git("rev-parse", "origin/main");
    const names = Array.from({ length: 10_001 }, (_, n) => `refs/tags/many/${n}`);
    const before = await upstream.refs();
    const make = names.map((ref) => `${NONE} ${id} ${ref}`);
    const tooMany = await body("../many", make, `^${id}\\n`);
    const had = pushes().length;
    match(await send("../many", tooMany), /10001 refs, at most 10000/);
    equal((await pushRowAfter(gate, had)).reason, "push-too-big");
    deepEqual(await upstream.refs(), before);
    const { length } = pushes();
    const size = await body("../many", make.slice(0, 3_000), `^${id}\\n`);
    match(await send("../many", size), /ok refs\/tags\/many\/2999/);
    const has = async (): Promise<number> =>
      Object.keys(await upstream.refs()).filter((ref) => ref.startsWith("refs/tags/many/")).length;
    equal(await has(), 3_000);
    const row = await pushRowAfter(gate, length);
    deepEqual([row.verdict, row.push?.refs.length, row.push?.refs_more], [
      "allowed",
      100,
      2_900,
    ]);
    const remove = await body(
      "../none",
      names.slice(0, 3_000).map((ref) => `${id} ${NONE} ${ref}`),
      "",
    );
    match(await send("../none", remove), /ok refs\/tags\/many\/2999/);
    equal(await has(), 0);
  });

  await t.step("several clients at once: each gets its own answer", async () => {
    const { code, stderr } = await client.sh(
      `for n in 1 2 3 4 5 6; do git clone -q ${upstream.url} c$n; done
for n in 1 2 3 4 5 6; do (cd c$n; echo $n >only$n; git add -A; git commit -qm $n
  git push -q origin HEAD:refs/heads/own/$n; echo "own $?" >../r$n
  git push -q origin HEAD:refs/heads/race; echo "race $?" >>../r$n) 2>>e$n & done; wait`,
    );
    equal(code, 0, stderr);
    const results = (await client.sh("cat r?")).stdout.split("\n");
    equal(results.filter((line) => line === "own 0").length, 6);
    const won = results.filter((line) => line === "race 0").length;
    equal(won, 1, (await client.sh("cat e?")).stdout);
    const refs = await upstream.refs();
    equal(Object.keys(refs).filter((ref) => ref.startsWith("refs/heads/own/")).length, 6);
    ok(refs["refs/heads/race"] !== undefined);
    equal((await upstream.fsck()).code, 0);
    await works();
  });
});
