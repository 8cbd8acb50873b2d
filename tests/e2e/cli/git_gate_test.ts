/** Repositories of a bottle by the program itself: what is shown, what is refused, and the guest's git in a real bottle. */

import assert from "node:assert/strict";
import { parseUpstreamUrl } from "../../../lib/git_gate/upstream_url.ts";
import { spellings } from "../../../lib/git_gate/spellings.ts";
import { makeNetwork } from "../../support/git/container.ts";
import { type Sshd, startSshd } from "../../support/git/sshd.ts";
import { makeRepository } from "../../support/repository.ts";
import { openSshKeyText, publicKeyText } from "../../support/ssh_key_text.ts";
import { engine, makeHome, type TestHome } from "./program.ts";

const PROVIDER = "agent_provider: { template: scripted }\n" +
  "resources: { cpus: 1, memory: 512m, pids: 128 }\n";
const HOST_KEY = publicKeyText("ssh-ed25519", new Uint8Array(32));
const START = ["start", "demo", "--yes", "--detach"] as const;

/** Writes the bottle's manifest anew; the agent's too, where something is to stand in it. */
async function declare(home: TestHome, gate: string, agent = ""): Promise<void> {
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    `---\n${PROVIDER}git-gate:\n${gate}\n---\n`,
  );
  await Deno.writeTextFile(`${home.folder}/agents/demo.md`, `---\nbottle: dev\n${agent}---\n`);
}

async function writeKey(home: TestHome, text: string, mode = 0o600): Promise<string> {
  const path = `${home.folder}/key`;
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
  return path;
}

/** A repository by ssh whose key is in that file, and what stands beside it, as lines of `git-gate`. */
function repo(path: string, url = "git@git.example.com:team/widget.git", besides = ""): string {
  const key = `key: { provider: static, path: ${path} }`;
  return `  repos:\n    widget: { url: "${url}", host_key: ${HOST_KEY}, ${key} }\n${besides}`;
}

Deno.test("info and the preflight show a bottle's repositories, and nothing of a key", async () => {
  await using home = await makeHome();
  const path = await writeKey(home, openSshKeyText());
  await declare(home, repo(path));
  for (const words of [["info", "demo"], ["start", "demo", "--dry-run"]]) {
    const { code, stdout, stderr } = await home.run(...words);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /Repos +widget ← git@git\.example\.com:team\/widget\.git {2}\[key: static .*key SHA256:\S+\]/,
    );
    assert.match(stdout, /host SHA256:\S+; push allow: refs\/heads\/\*/);
    assert.doesNotMatch(stdout + stderr, /PRIVATE KEY|b3BlbnNzaC1/);
  }
  const { stdout } = await home.run("info", "demo", "--json");
  const { git_gate: gate } = JSON.parse(stdout).plan ?? JSON.parse(stdout);
  assert.deepEqual(gate.repos.map(({ name }: { readonly name: string }) => name), ["widget"]);
  const effective = await home.run("info", "demo", "--effective");
  assert.match(effective.stdout, /git-gate\.repos\.widget .*bottles\/dev\.md:6:/);
});

Deno.test("a repository that is wrongly declared is refused before anything starts", async (t) => {
  await using home = await makeHome();
  const path = await writeKey(home, openSshKeyText());
  const cases: [name: string, gate: string, message: RegExp][] = [
    ["ext::", repo(path, "ext::sh"), /error: .*widget\.url" names a program of git's/],
    ["a host for an option", repo(path, "ssh://git@-oProxyCommand=id/x"), /names no host/],
    ["a path on this machine", repo(path, "/srv/widget"), /a path on a machine/],
    [
      "no host key",
      repo(path).replace(/host_key: [^,]*, /, ""),
      /host_key" is missing[^]*ssh-keyscan/,
    ],
    [
      "an unknown provider",
      repo(path).replace("static", "vault"),
      /must be static, gitea, .* not "vault"/,
    ],
    [
      "a name in upper case",
      repo(path).replace("widget:", "Widget:"),
      /has upper case in its name/,
    ],
    [
      "one upstream twice",
      repo(
        path,
        undefined,
        "    gadget: { url: https://git.example.com/team/widget, key: { provider: none } }",
      ),
      /"widget" and "gadget" have the same upstream/,
    ],
    [
      "an earlier design's key",
      repo(path).replace(" key:", " identity:"),
      /Write key: \{ provider: static/,
    ],
  ];
  for (const [name, gate, message] of cases) {
    await t.step(name, async () => {
      await declare(home, gate);
      const { code, stdout, stderr } = await home.run(...START);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, message);
      assert.match(stderr, /bottles\/dev\.md:\d+:\d+/);
    });
  }
  assert.deepEqual(await home.left(), []);
});

Deno.test("a key's file that can't be used ends with 125 and what to do", async (t) => {
  await using home = await makeHome();
  await declare(home, repo(`${home.folder}/key`));
  const missing = await home.run(...START);
  assert.equal(missing.code, 125);
  assert.match(missing.stderr, /error: The key ".*\/key" of the repository "widget" is not there/);
  assert.match(missing.stderr, /hint: Make a key for the bottle, ssh-keygen -t ed25519/);
  const cases: [name: string, text: string, mode: number, message: RegExp][] = [
    ["open to others", openSshKeyText(), 0o644, /is open to other users: its mode is 0644/],
    [
      "with a passphrase",
      openSshKeyText({ cipher: "aes256-ctr", kdf: "bcrypt" }),
      0o600,
      /is protected by a passphrase/,
    ],
    ["public", HOST_KEY, 0o600, /is a public key/],
    ["PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\n", 0o600, /PuTTY/],
  ];
  for (const [name, text, mode, message] of cases) {
    await t.step(name, async () => {
      await writeKey(home, text, mode);
      const { code, stdout, stderr } = await home.run(...START, "--json");
      assert.deepEqual([code, stdout], [125, ""], stderr);
      const { error } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
      assert.equal(error.code, "key-file");
      assert.match(error.message, message);
      assert.match(error.file, /bottles\/dev\.md$/);
    });
  }
  assert.deepEqual(await home.left(), []);
});

/** A bottle with an upstream that it may reach. */
interface Scene extends AsyncDisposable {
  readonly home: TestHome;
  readonly sshd: Sshd;
  /** Words of `start` without which the upstream is not there. */
  readonly joined: readonly string[];
  /** A manifest's lines of repositories that the upstream has, by name. */
  repos(...names: readonly string[]): Promise<string>;
}

async function makeScene(): Promise<Scene> {
  await using undo = new AsyncDisposableStack();
  const id = `bot-bottle-test-host-${crypto.randomUUID().slice(0, 8)}`;
  const network = undo.use(await makeNetwork(engine, id));
  const sshd = undo.use(await startSshd({ engine, name: `${id}-sshd`, network: network.name }));
  const home = undo.use(await makeHome());
  const key = await sshd.makeKey();
  await sshd.authorize(key.publicKey);
  const path = await writeKey(home, key.privateKey);
  const hostKey = await sshd.hostKey();
  const owned = undo.move();
  return {
    home,
    sshd,
    joined: ["--bundle-network", `${network.name}=${sshd.host}`],
    repos: async (...names) => {
      for (const name of names) await sshd.createRepo(name);
      const lines = names.map((name) =>
        `    ${name}: { url: "${
          sshd.repo(name).url
        }", host_key: ${hostKey}, key: { provider: static, path: ${path} } }`
      );
      return `  repos:\n${lines.join("\n")}`;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

Deno.test("git in a bottle finds declared repositories by every spelling, as submodules, and as a workspace's remote", async (t) => {
  await using scene = await makeScene();
  const { home, sshd, joined } = scene;
  const gate = await scene.repos("widget", "lib", "whole");
  await declare(
    home,
    `  user: { name: Bot, email: bot@example.com }\n${gate}`,
    "git-gate: { user: { name: Reviewer } }\n",
  );
  const widget = sshd.repo("widget");
  const base = await widget.commit("main", { "README.md": "# widget\n" });
  const lib = await sshd.repo("lib").commit("main", { "lib.txt": "lib\n" });
  const person = await Deno.makeTempDir();
  await using _person = { [Symbol.asyncDispose]: () => Deno.remove(person, { recursive: true }) };
  const repository = await makeRepository(`${person}/app`);
  await repository.commit("The person's");
  await repository.git("remote", "add", "origin", `ssh://ann@${sshd.host}/srv/git/widget`);
  await repository.git("remote", "add", "fork", "https://example.com/ann/widget.git");
  const slug = await home.startBottle(...joined, "--workspace", repository.folder);
  const guest = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await home.run("exec", slug, "--", "sh", "-ec", script);
    assert.equal(code, 0, `${script}: ${stderr}`);
    return stdout.trimEnd();
  };

  await t.step("every spelling", async () => {
    const parsed = parseUpstreamUrl(widget.url);
    assert.ok(parsed.ok && parsed.address.scheme === "ssh");
    const hostKey = { type: "", text: "", fingerprint: "" };
    const starts = spellings(widget.url, { ...parsed.address, hostKey });
    assert.ok(starts.length > 10);
    const ends = ["", ".git", "/", ".git/"];
    const urls = [
      ...starts.map((start, index) => `${start}${ends[index % ends.length]}`),
      ...["", ".git", "/", ".git/"].map((end) => `http://git-gate:9418/widget${end}`),
    ];
    const heads = await guest(
      urls.map((url) => `git ls-remote '${url}' refs/heads/main`).join("\n"),
    );
    assert.deepEqual(heads.split("\n"), urls.map(() => `${base}\trefs/heads/main`));
    assert.equal(
      await guest(`cd /tmp; git clone -q ${widget.url}; cat widget/README.md`),
      "# widget",
    );
  });

  await t.step("a repository that is not declared, though its name begins like one", async () => {
    for (
      const url of [
        `${sshd.user}@${sshd.host}:/srv/git/widget-other.git`,
        "http://git-gate:9418/nothing",
      ]
    ) {
      const { code, stderr } = await home.run("exec", slug, "--", "git", "ls-remote", url);
      assert.equal(code, 128, stderr);
    }
  });

  await t.step("variables that lead to egress do not lead git there", async () => {
    const alone = `env -u NO_PROXY -u no_proxy git ls-remote ${widget.url} refs/heads/main`;
    assert.equal(await guest(alone), `${base}\trefs/heads/main`);
  });

  await t.step("submodules by absolute and relative urls", async () => {
    const modules = [
      `[submodule "absolute"]\n\tpath = absolute\n\turl = git@${sshd.host}:/srv/git/lib.git\n`,
      '[submodule "relative"]\n\tpath = relative\n\turl = ../lib.git\n',
    ].join("");
    await sshd.repo("whole").commit("main", { ".gitmodules": modules });
    await guest(
      `cd /tmp; git clone -q ${sshd.repo("whole").url} made; cd made
       git update-index --add --cacheinfo 160000,${lib},absolute --cacheinfo 160000,${lib},relative
       git commit -qm Submodules; git push -q origin HEAD`,
    );
    const text = await guest(
      `cd /tmp; git clone -q --recurse-submodules ${sshd.repo("whole").url} cloned
       cat cloned/absolute/lib.txt cloned/relative/lib.txt`,
    );
    assert.equal(text, "lib\nlib");
  });

  await t.step("the workspace's remote", async () => {
    assert.equal(await guest("git remote -v | cut -f 1 | sort -u"), "origin");
    assert.equal(await guest("git config remote.origin.url"), widget.url);
    await guest(
      "git fetch -q; git switch -qc bot/work; git commit -qm Work --allow-empty; git push -q",
    );
    assert.equal((await widget.refs())["refs/heads/bot/work"], await guest("git rev-parse HEAD"));
    assert.equal(await guest("git log -1 --format='%an <%ae>'"), "Reviewer <bot@example.com>");
  });

  await t.step("what is no longer declared, after resume", async () => {
    await home.run("stop", slug);
    await declare(home, `  user: { email: other@example.com }\n${await scene.repos("lib")}`);
    const { code, stderr } = await home.run("resume", slug, "--detach", "--yes");
    assert.equal(code, 0, stderr);
    const names = await guest("git config --name-only --get-regexp 'insteadof$' | sort -u");
    assert.equal(names, "url.http://git-gate:9418/lib/.insteadof");
    assert.equal(await guest("git config --global --get-all include.path | wc -l"), "1");
    assert.match(await guest(`git ls-remote ${sshd.repo("lib").url}`), new RegExp(lib));
    const { code: gone } = await home.run("exec", slug, "--", "git", "ls-remote", widget.url);
    assert.notEqual(gone, 0);
  });
});

Deno.test("who commits is what bottle and agent say of it, each field by itself", async () => {
  await using home = await makeHome();
  const cases: [agent: string, bottle: string, agent: string, wanted: string][] = [
    ["name", "git-gate: { user: { name: Bot } }", "", "Bot\n"],
    ["email", "", "git-gate: { user: { email: a@example.com } }", "\na@example.com"],
    ["none", "", "", "\n"],
  ];
  await Promise.all(cases.map(async ([name, bottle, agent, wanted]) => {
    const { folder } = home;
    await Deno.writeTextFile(`${folder}/bottles/${name}.md`, `---\n${PROVIDER}${bottle}\n---\n`);
    await Deno.writeTextFile(
      `${folder}/agents/${name}.md`,
      `---\nbottle: ${name}\n${agent}\n---\n`,
    );
    const started = await home.run("start", name, "--yes", "--detach");
    assert.equal(started.code, 0, started.stderr);
    const script = 'echo "$(git config user.name)"; echo "$(git config user.email)"';
    const { stdout } = await home.run("exec", started.stdout.trim(), "--", "sh", "-c", script);
    assert.equal(stdout, `${wanted}\n`, name);
  }));
});
