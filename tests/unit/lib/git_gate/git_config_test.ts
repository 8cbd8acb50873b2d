import { deepEqual, equal, ok } from "node:assert/strict";
import {
  HOOKS_FOLDER,
  type HttpsUpstream,
  type SshUpstream,
} from "../../../../lib/git_gate/config.ts";
import {
  serveGitConfig,
  upstreamGitConfig,
  upstreamUrl,
} from "../../../../lib/git_gate/git_config.ts";

const SSH: SshUpstream = {
  scheme: "ssh",
  user: "git",
  host: "git.example.com",
  port: 22,
  path: "~ada/a b.git",
  host_key: "ssh-ed25519 AAAA",
  private_key: "SECRET",
};
const HTTPS: HttpsUpstream = {
  scheme: "https",
  host: "git.example.com",
  port: 443,
  path: "/a.git",
  username: "bot",
  token: 'to"k\\en',
};
const PROXY = {
  host: "proxy.corp.example",
  port: 3128,
  credentials: { username: "ada@corp", password: "p:/#%" },
  no_proxy: ["internal.example"],
};

/** As git reads it: `section.subsection.key=value`, all of them. */
async function readByGit(text: string): Promise<readonly string[]> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, text);
    const { code, stdout, stderr } = await new Deno.Command("git", {
      args: ["config", "--file", file, "--no-includes", "--list", "-z"],
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\0").slice(0, -1).map((line) =>
      line.replace("\n", "=")
    );
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("serveGitConfig lets git connect to nothing, and run nothing but the gate's hooks", async () => {
  const lines = await readByGit(serveGitConfig());
  for (
    const line of [
      "protocol.allow=never",
      `core.hookspath=${HOOKS_FOLDER}`,
      "core.attributesfile=/dev/null",
      "core.fsmonitor=false",
      "http.getanyfile=false",
      "receive.fsckobjects=true",
      "receive.procreceiverefs=refs",
      "uploadpack.allowfilter=true",
      "pack.threads=1",
      "gc.auto=0",
    ]
  ) ok(lines.includes(line), line);
  ok(!lines.some((line) => /^protocol\..+\.allow=|^remote\.|^include/.test(line)));
});

Deno.test("upstreamGitConfig opens one scheme and one remote", async () => {
  const lines = await readByGit(
    upstreamGitConfig({ upstream: SSH, extraCaFile: undefined, proxy: null }),
  );
  deepEqual(lines.filter((line) => /^(protocol|remote)\./.test(line)), [
    "protocol.allow=never",
    "protocol.ssh.allow=always",
    "remote.upstream.url=upstream:~ada/a b.git",
  ]);
  ok(
    lines.includes("transfer.bundleuri=false") && lines.includes("promisor.acceptfromserver=none"),
  );
  ok(!lines.some((line) => line.includes("SECRET") || line.startsWith("http.")));
});

Deno.test("upstreamGitConfig sends the token to its own origin, and follows nothing", async () => {
  const extraCaFile = "/run/git-gate/extra-ca.pem";
  const lines = await readByGit(upstreamGitConfig({ upstream: HTTPS, extraCaFile, proxy: null }));
  deepEqual(lines.filter((line) => line.startsWith("http.")), [
    "http.followredirects=false",
    "http.proxy=",
    "http.proxyauthmethod=basic",
    "http.sslverify=true",
    "http.sslversion=tlsv1.2",
    "http.lowspeedlimit=1",
    "http.lowspeedtime=15",
    "http.sslcapath=/etc/ssl/certs",
    `http.sslcainfo=${extraCaFile}`,
    `http.https://git.example.com/.extraheader=Authorization: Basic ${btoa('bot:to"k\\en')}`,
  ]);
});

Deno.test("upstreamGitConfig has no header without a token", async () => {
  const upstream = { ...HTTPS, token: null };
  const lines = await readByGit(
    upstreamGitConfig({ upstream, extraCaFile: undefined, proxy: null }),
  );
  ok(!lines.some((line) => line.includes("extraheader") || line.includes("sslca")));
});

for (
  const [host, proxy] of [
    ["git.example.com", "http.proxy=http://ada%40corp:p%3A%2F%23%25@proxy.corp.example:3128"],
    ["git.internal.example", "http.proxy="],
  ] as const
) {
  Deno.test(`upstreamGitConfig of ${host} has "${proxy}"`, async () => {
    const upstream = { ...HTTPS, host };
    const lines = await readByGit(
      upstreamGitConfig({ upstream, extraCaFile: undefined, proxy: PROXY }),
    );
    ok(lines.includes(proxy), lines.join("\n"));
  });
}

for (
  const [upstream, url] of [
    [{ ...SSH, path: "/srv/a.git" }, "upstream:/srv/a.git"],
    [{ ...SSH, path: "a.git" }, "upstream:a.git"],
    [HTTPS, "https://git.example.com/a.git"],
    [{ ...HTTPS, port: 8443 }, "https://git.example.com:8443/a.git"],
    [{ ...HTTPS, host: "2001:db8::1" }, "https://[2001:db8::1]/a.git"],
  ] as const
) {
  Deno.test(`upstreamUrl is ${url}`, () => equal(upstreamUrl(upstream), url));
}
