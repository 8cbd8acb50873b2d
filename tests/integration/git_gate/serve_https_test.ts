/** Upstreams over https, with a token that git-gate alone has. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { HttpsUpstream as HttpsAddress } from "../../../lib/git_gate/config.ts";
import { startHttpsUpstream } from "../../support/git/https_upstream.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";
import { startConnectProxy } from "../../support/git/connect_proxy.ts";

const LOGIN = { username: "bot", token: "tok-5f0e1c2b3a49" } as const;
const ADA = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"] as const;

/** Puts an https upstream in the place of the staged one, and starts the gate anew. */
async function declare(
  stage: GitStage,
  upstream: Partial<HttpsAddress> & Pick<HttpsAddress, "port">,
  config: Partial<GitStage["config"]>,
): Promise<void> {
  const [repo] = stage.config.repos;
  if (repo === undefined) throw new Error("No repository");
  const address: HttpsAddress = {
    scheme: "https",
    host: stage.outer.address(1),
    path: "/widget.git",
    ...LOGIN,
    ...upstream,
  };
  await stage.gate.restart({ ...stage.config, repos: [{ ...repo, upstream: address }], ...config });
}

Deno.test("https upstreams", async (t) => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const { client, gate, outer } = stage;
  await using upstream = await startHttpsUpstream({ address: outer.address(1), login: LOGIN });
  await upstream.git("widget", "init", "-q", "--bare", "-b", "main");
  const tree = await upstream.git("widget", "mktree", "--missing");
  const commit = await upstream.git("widget", ...ADA, "commit-tree", "-m", "one", tree);
  await upstream.git("widget", "update-ref", "refs/heads/main", commit);
  const extra = { extra_ca_pem: upstream.caPem };
  const { port } = upstream;
  const clone = async (): Promise<{ readonly code: number; readonly stderr: string }> => {
    await client.sh("rm -rf clone");
    return await client.run(["clone", gate.url("widget"), "clone"]);
  };

  await t.step("are cloned from, with the token at once and to them only", async () => {
    await declare(stage, { port }, extra);
    const { code, stderr } = await clone();
    equal(code, 0, stderr);
    equal(await client.git(["-C", "clone", "rev-parse", "HEAD"]), commit);
    deepEqual(
      [...new Set(upstream.requests.map(({ authorization }) => authorization))],
      [`Basic ${btoa(`${LOGIN.username}:${LOGIN.token}`)}`],
    );
  });

  await t.step("leave their token in no argv, environment or world-readable file", async () => {
    // The text that is looked for comes by stdin: on an argv it would be found there.
    const script = `umask 077; cat >/tmp/wanted
      cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >/tmp/seen 2>/dev/null
      grep -acFf /tmp/wanted /tmp/seen
      find / /run /tmp -xdev -type f -perm /077 -exec grep -laFf /tmp/wanted {} + 2>/dev/null
      grep -rlaFf /tmp/wanted /var/lib/bot-bottle/mirrors
      stat -c '%a' /run/git-gate /run/git-gate/0/gitconfig; rm /tmp/wanted /tmp/seen`;
    for (const secret of [LOGIN.token, btoa(`${LOGIN.username}:${LOGIN.token}`)]) {
      const argv = ["sh", "-c", script];
      const { stdout, stderr } = await gate.container.exec(argv, { stdin: secret });
      deepEqual(stdout.trim().split("\n"), ["0", "700", "600"], stderr);
    }
  });

  await t.step("refuse a wrong token", async () => {
    await declare(stage, { port, token: "tok-wrong" }, extra);
    const { code, stderr } = await clone();
    equal(code, 128);
    match(stderr, /does not accept the token/);
    ok(!stderr.includes("tok-wrong"), stderr);
  });

  await t.step("that want a token and get none say so", async () => {
    await declare(stage, { port, token: null }, extra);
    const { code, stderr } = await clone();
    equal(code, 128);
    match(stderr, /wants a token, and none is declared/);
  });

  await t.step(
    "are reached through the company's proxy, which gets its own credentials only",
    async () => {
      const username = "ada@corp";
      const password = "p%40:ss/#1";
      await using proxy = startConnectProxy(outer.address(1), `${username}:${password}`);
      const upstream_proxy = {
        host: outer.address(1),
        port: proxy.port,
        credentials: { username, password },
        no_proxy: [],
      };
      await declare(stage, { port }, { ...extra, upstream_proxy });
      const { code, stderr } = await clone();
      equal(code, 0, stderr);
      ok(proxy.heads.length > 0);
      for (const head of proxy.heads) {
        match(head, new RegExp(`^CONNECT ${outer.address(1)}:${port} HTTP/1.1`));
        ok(!/^authorization:/im.test(head), head);
      }
      const seen = proxy.heads.length;
      await declare(stage, { port }, {
        ...extra,
        upstream_proxy: { ...upstream_proxy, no_proxy: [outer.address(1)] },
      });
      equal((await clone()).code, 0);
      equal(proxy.heads.length, seen);
      await declare(stage, { port }, {
        ...extra,
        upstream_proxy: { ...upstream_proxy, credentials: { username, password: "wrong" } },
      });
      const refused = await clone();
      equal(refused.code, 128);
      match(refused.stderr, /the company's proxy does not let it through/);
      ok(!refused.stderr.includes("wrong"), refused.stderr);
    },
  );

  await t.step("are not trusted by a certificate that nobody declared", async () => {
    const before = upstream.requests.length;
    await declare(stage, { port }, { extra_ca_pem: null });
    const { code, stderr } = await clone();
    equal(code, 128);
    match(stderr, /its certificate is not trusted/);
    equal(upstream.requests.length, before);
  });

  await t.step("do not send the gate elsewhere", async () => {
    await using other = await startHttpsUpstream({ address: outer.address(1), login: LOGIN });
    await using mover = await startHttpsUpstream({
      address: outer.address(1),
      login: LOGIN,
      redirectTo: `https://${outer.address(1)}:${other.port}/`,
    });
    await declare(stage, { port: mover.port }, { extra_ca_pem: `${mover.caPem}${other.caPem}` });
    const { code, stderr } = await clone();
    equal(code, 128);
    match(stderr, /answers with a redirect, which the gate does not follow/);
    deepEqual(other.requests, []);
  });
});
