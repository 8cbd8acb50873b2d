/** The guest's configuration, as real git understands it. */

import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { guestGitConfig, type GuestRepo } from "../../../../lib/git_gate/guest_config.ts";
import { parseUpstreamUrl } from "../../../../lib/git_gate/upstream_url.ts";

const GATE = { scheme: "http", host: "git-gate", port: 9418 } as const;
const hostKey = { type: "ssh-ed25519", text: "ssh-ed25519 AAAA", fingerprint: "SHA256:x" };

function repo(name: string, url: string): GuestRepo {
  const parsed = parseUpstreamUrl(url);
  assert.ok(parsed.ok, url);
  const { address } = parsed;
  return { name, url, upstream: address.scheme === "ssh" ? { ...address, hostKey } : address };
}

/** Asks git with this configuration and no other. */
async function ask(
  repos: readonly GuestRepo[],
  calls: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-test-" });
  try {
    const file = `${folder}/config`;
    await Deno.writeTextFile(file, guestGitConfig(repos, GATE));
    const answers: string[] = [];
    for (const args of calls) {
      const { code, stdout, stderr } = await new Deno.Command("git", {
        args: [...args],
        cwd: folder,
        env: { GIT_CONFIG_GLOBAL: file, GIT_CONFIG_NOSYSTEM: "1", GIT_CEILING_DIRECTORIES: "/" },
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      answers.push(new TextDecoder().decode(stdout).trimEnd());
    }
    return answers;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function resolve(
  repos: readonly GuestRepo[],
  urls: readonly string[],
): Promise<readonly string[]> {
  return await ask(repos, urls.map((url) => ["ls-remote", "--get-url", url]));
}

/** As urls end, and what is left of that behind the gate's base. */
const ENDS = ["", ".git", "/", ".git/"];

const SPELLED: readonly (readonly [url: string, starts: readonly string[]])[] = [
  ["ssh://git@git.example.com/team/widget.git", [
    "ssh://git@git.example.com/team/widget",
    "ssh://git@git.example.com:22/team/widget",
    "ssh://git.example.com/team/widget",
    "ssh://git.example.com:22/team/widget",
    "git+ssh://git@git.example.com/team/widget",
    "ssh+git://git@git.example.com:22/team/widget",
    "git@git.example.com:team/widget",
    "git@git.example.com:/team/widget",
    "git.example.com:team/widget",
    "git.example.com:/team/widget",
    "https://git.example.com/team/widget",
    "https://git.example.com:443/team/widget",
    "http://git.example.com/team/widget",
    "git://git.example.com/team/widget",
  ]],
  ["git@Git.Example.com:team/widget", [
    "git@Git.Example.com:team/widget",
    "git@git.example.com:team/widget",
    "ssh://git@Git.Example.com/team/widget",
    "ssh://git@git.example.com/team/widget",
    "https://Git.Example.com/team/widget",
  ]],
  ["ssh://bot@git.example.com:2222/~ann/widget.git/", [
    "ssh://bot@git.example.com:2222/~ann/widget",
    "ssh://git@git.example.com:2222/~ann/widget",
    "ssh://git.example.com:2222/~ann/widget",
    "https://git.example.com/~ann/widget",
  ]],
  ["https://git.example.com:8443/team/widget.git", [
    "https://git.example.com:8443/team/widget",
    "ssh://git@git.example.com/team/widget",
    "git@git.example.com:team/widget",
  ]],
  ["ssh://git@[2001:db8::1]/team/widget", [
    "ssh://git@[2001:db8::1]/team/widget",
    "ssh://[2001:db8::1]:22/team/widget",
    "git@[2001:db8::1]:team/widget",
    "https://[2001:db8::1]/team/widget",
  ]],
];

Deno.test("guestGitConfig leads every spelling of a repository to the gate", async () => {
  for (const [url, starts] of SPELLED) {
    const urls = starts.flatMap((start) => ENDS.map((end) => `${start}${end}`));
    const wanted = starts.flatMap(() => ENDS.map((end) => `http://git-gate:9418/widget/${end}`));
    assert.deepEqual(await resolve([repo("widget", url)], urls), wanted, url);
  }
});

Deno.test("guestGitConfig leads a work tree's own repository to the gate", async () => {
  const repos = [repo("widget", "git@git.example.com:/srv/widget/.git")];
  const urls = ["git@git.example.com:/srv/widget/.git", "git@git.example.com:/srv/widget"];
  assert.deepEqual(await resolve(repos, urls), [
    "http://git-gate:9418/widget/.git",
    "http://git-gate:9418/widget/",
  ]);
});

Deno.test("guestGitConfig leaves other repositories alone, or leads them to none", async () => {
  const repos = [
    repo("widget", "git@git.example.com:team/widget.git"),
    repo("other", "git@git.example.com:team/widget-other.git"),
  ];
  const urls = [
    "git@git.example.com:team/gadget.git",
    "git@git.example.com.evil.example:team/widget.git",
    "https://git.example.org/team/widget.git",
    "ssh://git@git.example.com:2222/team/widget.git",
    "https://git.example.com:8443/team/widget.git",
    "/srv/team/widget.git",
    "git@git.example.com:team/widget-other.git",
    "https://git.example.com/team/widget-third.git",
    "https://git.example.com/team/widget/../gadget",
  ];
  assert.deepEqual(await resolve(repos, urls), [
    ...urls.slice(0, 6),
    "http://git-gate:9418/other/.git",
    "http://git-gate:9418/widget/-third.git",
    "http://git-gate:9418/widget//../gadget",
  ]);
});

Deno.test("guestGitConfig leaves longer names to egress where that leads to the host", async () => {
  const repos = [
    { ...repo("foo", "git@git.example.com:ann/foo.git"), isOpen: true },
    { ...repo("foo-docs", "git@git.example.com:ann/foo-docs"), isOpen: true },
  ];
  const start = "https://git.example.com/ann/foo";
  const kept = ["-bar", "-bar.git", "2", ".github.io", ".gitx.git", ".js", "_x", "Z.git/", "..git"];
  const led: readonly (readonly [end: string, to: string])[] = [
    ["", "foo/"],
    [".git", "foo/.git"],
    ["/", "foo//"],
    [".git/", "foo/.git/"],
    ["-docs", "foo-docs/"],
    ["-docs.git", "foo-docs/.git"],
  ];
  assert.deepEqual(
    await resolve(repos, [...kept, ...led.map(([end]) => end)].map((end) => `${start}${end}`)),
    [...kept.map((end) => `${start}${end}`), ...led.map(([, to]) => `http://git-gate:9418/${to}`)],
  );
  // By ssh nothing leads past the gate.
  assert.deepEqual(await resolve(repos, ["git@git.example.com:ann/foo-bar"]), [
    "http://git-gate:9418/foo/-bar",
  ]);
});

Deno.test("guestGitConfig never turns a url into another declared repository", async () => {
  const repos = [
    repo("a", "git@git.example.com:a"),
    { ...repo("ab", "git@git.example.com:ab"), isOpen: true },
    { ...repo("b", "git@git.example.com:x/b"), isOpen: true },
  ];
  const starts = [
    "git@git.example.com:a",
    "https://git.example.com/ab",
    "ssh://git.example.com/x/b",
  ];
  const end = fc.string({ unit: fc.constantFrom(..."ab/.:@git-"), maxLength: 8 });
  const sample = fc.sample(fc.tuple(fc.constantFrom(...starts), end), 60)
    .map((parts) => parts.join(""));
  const answers = await resolve(repos, sample);
  for (const [index, answer] of answers.entries()) {
    const url = sample[index] ?? "";
    const [, name = ""] = /^http:\/\/git-gate:9418\/([^/]+)\//.exec(answer) ?? [];
    if (name === "") continue;
    const rest = answer.slice(`http://git-gate:9418/${name}/`.length);
    // What was behind the repository's own url is behind its name now, as it was.
    assert.ok(url.endsWith(rest), `${url} → ${answer}`);
    const path = url.slice(0, url.length - rest.length).replace(/^.*(?:com:|com\/)\/?/, "");
    assert.equal(path, { a: "a", ab: "ab", b: "x/b" }[name], `${url} → ${answer}`);
  }
});

Deno.test("guestGitConfig keeps the gate from egress and from helpers", async () => {
  const url = "http://git-gate:9418/widget/info/refs";
  const repos = [repo("widget", "git@git.example.com:team/widget.git")];
  const answers = await ask(repos, [
    ["config", "--get-urlmatch", "http.proxy", url],
    ["config", "--get-urlmatch", "http.followRedirects", url],
    ["config", "--get-urlmatch", "credential.helper", url],
    ["config", "--get-regexp", "^http\\.http://git-gate:9418/\\.proxy$"],
  ]);
  assert.deepEqual(answers, ["", "false", "", "http.http://git-gate:9418/.proxy"]);
});

Deno.test("guestGitConfig says nothing where nothing is declared", async () => {
  const url = "git@git.example.com:team/widget.git";
  assert.deepEqual(await resolve([], [url]), [url]);
  assert.equal(guestGitConfig([repo("widget", url)], null), guestGitConfig([], GATE));
});
