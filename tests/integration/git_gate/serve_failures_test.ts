/** Requests that come to nothing: each says why, in time, and leaves a row. */

import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { fingerprintOf } from "../../../lib/git_gate/host_key.ts";
import type { Ended } from "../../support/git/container.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";

/** With the start of a container on a busy machine; the gate itself has ten seconds. */
const SOON_S = 20;

async function clone(stage: GitStage, url: string): Promise<Ended> {
  const { client } = stage;
  const before = performance.now();
  const ended = await client.run(["clone", url, "clone"]);
  ok(performance.now() - before < SOON_S * 1_000, `${performance.now() - before} ms`);
  await client.sh("rm -rf clone");
  return ended;
}

/** One request as it is written, and the answer as it came. */
async function ask(stage: GitStage, ...lines: readonly string[]): Promise<string> {
  const text = [...lines, "Host: git-gate", "Connection: close", "", ""].join("\r\n");
  const script = `exec 3<>/dev/tcp/git-gate/9418; cat >&3; cat <&3`;
  const { stdout } = await stage.client.container.exec(["bash", "-c", script], { stdin: text });
  return stdout;
}

/** Rows come a moment after the answer. */
async function recorded(stage: GitStage, reason: string): Promise<void> {
  const isThere = (): boolean => {
    const row = stage.gate.rows.at(-1);
    return row?.reason === reason && row.method === "fetch" && row.kind === "git";
  };
  const end = performance.now() + 10_000;
  while (!isThere()) {
    ok(performance.now() < end, JSON.stringify(stage.gate.rows.at(-1)));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function print(hostKey: string): string {
  return fingerprintOf(Uint8Array.fromBase64(hostKey.split(" ")[1] ?? ""));
}

Deno.test("requests that the gate refuses", async (t) => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const upstream = stage.repo("widget");
  await upstream.commit("main", { "README.md": "# widget\n" });

  await t.step("a repository that is not declared", async () => {
    for (const path of ["other", "widget-other.git", "widget/-other.git", "widget/../widget/x"]) {
      const { code, stderr } = await clone(stage, `http://git-gate:9418/${path}`);
      equal(code, 128, path);
      match(stderr, /fatal: remote error: not declared: "/, path);
      match(stderr, /declared: widget$/m, path);
    }
  });

  await t.step("every spelling of a declared one", async () => {
    for (const path of ["widget", "widget.git", "widget/", "widget/.git", "widget/.git/"]) {
      const { code, stderr } = await clone(stage, `http://git-gate:9418/${path}`);
      equal(code, 0, stderr);
    }
  });

  await t.step("paths and methods of no git", async () => {
    const of = async (line: string): Promise<string> =>
      (await ask(stage, line)).split("\r\n")[0] ?? "";
    equal(await of("GET /widget/info/refs HTTP/1.1"), "HTTP/1.1 404 Not Found");
    equal(await of("GET /widget/HEAD HTTP/1.1"), "HTTP/1.1 404 Not Found");
    equal(await of("GET /widget/objects/info/packs HTTP/1.1"), "HTTP/1.1 404 Not Found");
    equal(
      await of("GET /w%69dget/info/refs?service=git-upload-pack HTTP/1.1"),
      "HTTP/1.1 400 Bad Request",
    );
    equal(
      await of("GET /widget/info/refs?service=git-upload-pack&x=1 HTTP/1.1"),
      "HTTP/1.1 404 Not Found",
    );
    equal(
      await of("HEAD /widget/info/refs?service=git-upload-pack HTTP/1.1"),
      "HTTP/1.1 405 Method Not Allowed",
    );
    equal(await of("OPTIONS /widget/git-upload-pack HTTP/1.1"), "HTTP/1.1 405 Method Not Allowed");
    equal(await of("PUT /widget/git-receive-pack HTTP/1.1"), "HTTP/1.1 405 Method Not Allowed");
    match(
      await ask(stage, "GET //widget/info/refs?service=git-upload-pack HTTP/1.1"),
      /not declared/,
    );
  });

  await t.step("Git LFS, in its own words", async () => {
    const answer = await ask(
      stage,
      "POST /widget.git/info/lfs/objects/batch HTTP/1.1",
      "Content-Length: 0",
    );
    match(answer, /^HTTP\/1.1 501 /);
    match(answer, /application\/vnd\.git-lfs\+json/);
    match(answer, /"message":"Git LFS does not go through/);
  });

  await t.step("whoever is not a peer", async () => {
    const url = `http://${stage.inner.address(2)}:9418/widget/info/refs?service=git-upload-pack`;
    const response = await fetch(url);
    await response.body?.cancel();
    equal(response.status, 403);
  });

  await recorded(stage, "lfs-refused");
  const reasons = new Set(stage.gate.rows.map(({ reason }) => reason));
  deepEqual([...reasons].sort(), ["lfs-refused", "repo-undeclared"]);
});

Deno.test("upstreams that can't be asked", async (t) => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const { sshd } = stage;
  const upstream = stage.repo("widget");
  await upstream.commit("main", { "README.md": "# widget\n" });
  const { url } = upstream;
  const fails = async (said: RegExp, reason: string): Promise<string> => {
    const { code, stderr } = await clone(stage, url);
    equal(code, 128, stderr);
    match(stderr, said);
    await recorded(stage, reason);
    return stderr;
  };
  const works = async (): Promise<void> => {
    const { code, stderr } = await clone(stage, url);
    equal(code, 0, stderr);
  };
  await works();

  await t.step("its key is not accepted", async () => {
    await sshd.authorize();
    // What was logged in before may still be used for a moment.
    await stage.gate.restart();
    await fails(
      /The upstream of "widget" \(git\.example\.com:22\) does not accept the key/,
      "upstream-denied",
    );
    await sshd.authorize(stage.key.publicKey);
    await works();
  });

  await t.step("there is no such repository", async () => {
    await sshd.container.read(["mv", upstream.path, `${upstream.path}.away`]);
    await fails(/has no such repository, or does not show it to this key/, "upstream-refused");
    await sshd.container.read(["mv", `${upstream.path}.away`, upstream.path]);
    await works();
  });

  await t.step("it is slow", async () => {
    await sshd.delay(30);
    await fails(/did not answer within 10 s/, "upstream-down");
    await sshd.delay(0);
    await works();
  });

  await t.step("it stands still", async () => {
    await stage.gate.restart();
    await sshd.pause();
    await fails(/can't be reached: it does not answer|did not answer within/, "upstream-down");
    await sshd.unpause();
    await works();
  });

  await t.step("nothing is at its address", async () => {
    await sshd.stop();
    await stage.gate.restart();
    await fails(/can't be reached/, "upstream-down");
    await sshd.start();
    await works();
  });

  await t.step("it shows another host key", async () => {
    const declared = await sshd.hostKey();
    const shown = await sshd.replaceHostKey();
    notEqual(shown, declared);
    await stage.gate.restart();
    const before = await sshd.commands();
    const stderr = await fails(
      /shows another host key than the declared one; nothing was sent to it/,
      "upstream-host-key",
    );
    ok(stderr.includes(`declared: ssh-ed25519 ${print(declared)}`), stderr);
    ok(stderr.includes(`shown: ssh-ed25519 ${print(shown)}`), stderr);
    deepEqual(await sshd.commands(), before);
  });
});

Deno.test("a disk without room for what is new", async (t) => {
  await using stage = await openGitStage({ repos: { widget: {} }, mirrorsSize: "12m" });
  const { client, gate } = stage;
  const upstream = stage.repo("widget");
  const random = (): string => crypto.getRandomValues(new Uint8Array(49_152)).toBase64();
  const files = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.txt`, random()]));
  await upstream.commit("main", { "README.md": "# widget\n" });
  await client.git(["clone", "-q", upstream.url, "work"]);

  await t.step("fails the fetch, and says so", async () => {
    await upstream.commit("big", files(320));
    const { code, stderr } = await client.run(["-C", "work", "fetch", "-q"]);
    equal(code, 128, stderr);
    match(stderr, /could not be copied: the disk of the bottle's mirrors is full/);
    await recorded(stage, "mirror-failed");
  });

  await t.step(
    "leaves nothing half done, and serves again when there is less to bring",
    async () => {
      await upstream.git("update-ref", "-d", "refs/heads/big");
      await upstream.commit("main", { "README.md": "# widget 2\n" });
      await client.git(["-C", "work", "pull", "-q"]);
      const left =
        "ls /var/lib/bot-bottle/mirrors; ls /var/lib/bot-bottle/mirrors/*/objects/pack | grep tmp_; true";
      match(await gate.container.read(["sh", "-c", left]), /^widget-[0-9a-f]{12}\.git$/);
    },
  );

  await t.step("fails the first clone too", async () => {
    await upstream.commit("big", files(320));
    await gate.container.read(["sh", "-c", "rm -r /var/lib/bot-bottle/mirrors/*"]);
    const { code, stderr } = await client.run(["clone", "-q", upstream.url, "more"]);
    equal(code, 128, stderr);
    match(stderr, /the disk of the bottle's mirrors is full/);
    equal(await gate.container.read(["ls", "/var/lib/bot-bottle/mirrors"]), "");
  });
});

Deno.test("an upstream whose host key is of a kind that ssh takes no more", async () => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const { sshd } = stage;
  const script = `ssh-keygen -q -t rsa -b 2048 -N '' -f /srv/ssh/rsa
    sed -i '1i HostKeyAlgorithms ssh-rsa' /etc/ssh/sshd_config
    sed -i 's,^HostKey .*,HostKey /srv/ssh/rsa,' /etc/ssh/sshd_config`;
  await sshd.container.read(["sh", "-c", script]);
  await sshd.stop();
  await sshd.start();
  const { code, stderr } = await clone(stage, stage.repo("widget").url);
  equal(code, 128, stderr);
  match(stderr, /shows another host key than the declared one; nothing was sent to it/);
});
