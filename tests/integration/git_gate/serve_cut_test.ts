/** Clients that go away, stand still or break off: no git stays behind, and the next one is served. */

import { equal, match, ok } from "node:assert/strict";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";

/** Past the gate's limit for a client that stands still, 15 s, on a busy machine. */
const GONE_MS = 60_000;
/** More than the kernel and the gate hold of an answer that nobody reads. */
const MEBIBYTES = 32;

/** Names of git's processes in the gate, of ssh's too; without those that hold a shared connection open. */
async function gits(stage: GitStage): Promise<string> {
  const script = `for one in /proc/[0-9]*; do
      tr '\\0' ' ' <"$one/cmdline" 2>/dev/null | grep -aE '^(/usr/bin/)?(git|ssh|timeout|/usr/lib/git-core)' | grep -av '\\[mux\\]'
    done; true`;
  return await stage.gate.container.read(["sh", "-c", script]);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + GONE_MS;
  while (!await isSo()) {
    ok(performance.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const begun = (stage: GitStage): Promise<void> =>
  until("A git begins", async () => await gits(stage) !== "");

async function gone(stage: GitStage): Promise<void> {
  await until("All gits end", async () => await gits(stage) === "");
}

/** A request that stays open, though nothing comes or is read, until this is called. */
function hold(stage: GitStage, headers: readonly string[], body: string): () => Promise<void> {
  const head = ["POST /widget/git-upload-pack HTTP/1.1", ...headers, "Host: git-gate"];
  const type = "Content-Type: application/x-git-upload-pack-request";
  const stdin = [...head, type, "", body].join("\r\n");
  const script = "exec 3<>/dev/tcp/git-gate/9418; cat >&3; sleep 299";
  const held = stage.client.container.exec(["bash", "-c", script], { stdin });
  return async () => {
    await stage.client.sh("pkill -9 -f 'sleep 299'; true");
    await held;
  };
}

async function works(stage: GitStage): Promise<void> {
  const { code, stderr } = await stage.client.run([
    ...["clone", "-q", "--depth=1", "--no-checkout", "--filter=blob:none"],
    ...[stage.repo("widget").url, "works"],
  ]);
  equal(code, 0, stderr);
  await stage.client.sh("rm -rf works");
}

Deno.test("clients that break off", async (t) => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const upstream = stage.repo("widget");
  const big = new Uint8Array(MEBIBYTES * 1024 ** 2);
  for (let at = 0; at < big.length; at += 65_536) {
    crypto.getRandomValues(big.subarray(at, at + 65_536));
  }
  const blob = await upstream.feed(big, "hash-object", "-w", "--stdin");
  const tree = await upstream.feed(`100644 blob ${blob}\tbig.bin\n`, "mktree");
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  const commit = await upstream.git(...who, "commit-tree", "-m", "big", tree);
  await upstream.git("update-ref", "refs/heads/main", commit);
  await works(stage);
  await gone(stage);
  const wants = `0032want ${commit}\n00000009done\n`;

  const answer = [`Content-Length: ${wants.length}`];

  await t.step("one that leaves in the middle of its answer", async () => {
    const leave = hold(stage, answer, wants);
    await begun(stage);
    await leave();
    await gone(stage);
    await works(stage);
  });

  await t.step("one that leaves while the upstream is asked", async () => {
    await stage.sshd.delay(30);
    const clone = stage.client.run(["clone", "-q", upstream.url, "left"]);
    await begun(stage);
    await stage.client.sh("pkill -9 -x git-remote-http; true");
    await clone;
    await gone(stage);
    await stage.sshd.delay(0);
    await works(stage);
  });

  await t.step("a request whose body stops", async () => {
    const leave = hold(stage, ["Content-Length: 1000"], "0032want");
    await begun(stage);
    await gone(stage);
    await leave();
    await works(stage);
  });

  await t.step("an answer that nobody reads", async () => {
    const leave = hold(stage, answer, wants);
    await begun(stage);
    await gone(stage);
    await leave();
    await works(stage);
  });

  await t.step("a body that is no gzip, though it says so", async () => {
    const text = [
      "POST /widget/git-upload-pack HTTP/1.1",
      "Content-Type: application/x-git-upload-pack-request",
      "Content-Encoding: gzip",
      "Content-Length: 8",
      "Host: git-gate",
      "Connection: close",
      "",
      "not gzip",
    ].join("\r\n");
    const script = "exec 3<>/dev/tcp/git-gate/9418; cat >&3; cat <&3 | head -c 100";
    const { stdout } = await stage.client.container.exec(["bash", "-c", script], { stdin: text });
    match(stdout, /^HTTP\/1\.1 (?:200|4..|5..) /);
    await gone(stage);
    await works(stage);
  });

  await t.step("a gate that is ended in the middle of an answer, and begins anew", async () => {
    const leave = hold(stage, answer, wants);
    await begun(stage);
    await stage.gate.restart();
    await leave();
    await works(stage);
  });

  await t.step("a mirror that is broken is made anew", async () => {
    await stage.gate.container.read([
      "sh",
      "-c",
      "for f in /var/lib/bot-bottle/mirrors/*; do echo broken >$f/packed-refs; done",
    ]);
    await works(stage);
    await stage.gate.container.read([
      "sh",
      "-c",
      "for f in /var/lib/bot-bottle/mirrors/*; do rm $f/HEAD; done",
    ]);
    await works(stage);
    const tear =
      "for f in /var/lib/bot-bottle/mirrors/*/objects/pack/*.pack; do chmod u+w $f; truncate -s 1000 $f; done";
    await stage.gate.container.read(["sh", "-c", tear]);
    // What finds it fails; the next one is served from a new mirror.
    equal((await stage.client.run(["clone", "-q", upstream.url, "torn"])).code, 128);
    await works(stage);
  });
});
