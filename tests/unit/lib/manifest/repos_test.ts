/** `git-gate.repos`: what fits, what does not, and what is said of it. */

import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import type { ManifestRepo } from "../../../../lib/manifest/types.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJJr4YDYjtL5ugObPPq1yQwpxpjw4y/l8QnIPSwUjdco";
const FINGERPRINT = "SHA256:Chrc+HmDSj8kROA00zihQE5q41fVmsIvQXWqWtozt3Q";
const CLAUDE = "agent_provider: { template: claude }\n";

const URL = "ssh://git@git.example.com/team/widget.git";
const KEY = "key: { provider: static, path: ~/.ssh/widget }";
const SSH = `url: ${URL}, host_key: ${HOST_KEY}`;
/** Where a problem is expected to stand. */
const MARK = "§";
const GITEA = "provider: gitea, provisioner_token: T, api: https://gitea.example.com";

const GITHUB = "provider: github, provisioner_token: T";
const GITLAB = "provider: gitlab, provisioner_token: T";

/** What loading an agent gives whose bottle `dev` is this. */
async function load(
  bottle: string,
  more: Record<string, string> = {},
): Promise<ReadonlyMap<string, { readonly value: ManifestRepo; readonly place: string }>> {
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown("bottle: dev"),
    "home/bottles/dev.md": markdown(`${CLAUDE}${bottle}`),
    ...more,
  });
  const index = await ManifestIndex.load({ home: files.home });
  const { bottle: { repos } } = await index.loadForAgent("reviewer");
  return new Map(
    [...repos].map(([name, { value, place: { file, line, column } }]) => {
      const at = file.slice(files.home.length + 1);
      return [name, { value, place: `${at}:${line}:${column}` }];
    }),
  );
}

/** What is wrong, each as `line:column: message (hint)`. */
async function problemsOf(bottle: string, more: Record<string, string> = {}): Promise<string[]> {
  const error = await load(bottle, more).then(() => null, (error: unknown) => error);
  if (error === null) return [];
  assert.ok(error instanceof BottleError, String(error));
  const { line, column } = error.place ?? {};
  const hint = error.hint === undefined ? "" : ` (${error.hint})`;
  return error.details.length > 0
    ? error.details.map((text) => text.replace(/^.*?\/bottles\/dev\.md:/, ""))
    : [`${line}:${column}: ${error.message}${hint}`];
}

function repo(text: string): string {
  return `git-gate: { repos: { widget: { ${text} } } }`;
}

Deno.test("a repository by ssh has its defaults filled in", async () => {
  const repos = await load(repo(`${SSH}, ${KEY}`));
  assert.deepEqual(repos.get("widget"), {
    value: {
      name: "widget",
      url: URL,
      upstream: {
        scheme: "ssh",
        user: "git",
        host: "git.example.com",
        port: 22,
        path: "/team/widget.git",
        hostKey: { type: "ssh-ed25519", text: HOST_KEY, fingerprint: FINGERPRINT },
      },
      key: { provider: "static", path: "~/.ssh/widget" },
      push: "allow",
      rules: DEFAULT_RULES,
    },
    place: "bottles/dev.md:3:22",
  });
});

Deno.test("a repository takes every rule there is", async () => {
  const repos = await load(repo(
    `${SSH}, ${KEY}, push: approve, rules: { refs: ["refs/heads/bot/*"], protected: [main, "release/*", refs/tags/v1], ` +
      `force: false, delete: false, approve_paths: [".github/workflows/**"], max_bytes: 5m, max_objects: 50k }`,
  ));
  const widget = repos.get("widget")?.value;
  assert.equal(widget?.push, "approve");
  assert.deepEqual(widget?.rules, {
    refs: ["refs/heads/bot/*"],
    protected: ["refs/heads/main", "refs/heads/release/*", "refs/tags/v1"],
    force: false,
    delete: false,
    approve_paths: [".github/workflows/**"],
    max_bytes: 5 * 1024 ** 2,
    max_objects: 50_000,
  });
  const bare = await load(repo(`${SSH}, ${KEY}, rules: { protected: [], max_objects: 7 }`));
  assert.deepEqual(bare.get("widget")?.value.rules, {
    ...DEFAULT_RULES,
    protected: [],
    max_objects: 7,
  });
});

Deno.test("keys: what each provider comes to, and whether it may push", async () => {
  const https = "url: https://git.example.com/team/widget.git";
  const token = { kind: "env", name: "T" };
  const gitea = {
    provider: "gitea",
    api: "https://gitea.example.com",
    provisionerToken: token,
    owner: "team",
    repo: "widget",
  };
  const cases: [text: string, key: unknown, push: string][] = [
    [`${SSH}, key: { ${GITEA} }`, { ...gitea, readOnly: false }, "allow"],
    [`${SSH}, key: { ${GITEA}/, read_only: true }`, { ...gitea, readOnly: true }, "deny"],
    [`${SSH}, key: { ${GITEA}/api/v1 }`, { ...gitea, readOnly: false }, "allow"],
    [`${SSH}, key: { ${GITEA}/git }, push: deny`, {
      ...gitea,
      api: "https://gitea.example.com/git",
      readOnly: false,
    }, "deny"],
    [
      `${SSH}, key: { provider: gitea, provisioner_token: T, api: "http://127.0.0.1:3000" }`,
      { ...gitea, api: "http://127.0.0.1:3000", readOnly: false },
      "allow",
    ],
    [`${SSH}, key: { provider: github, provisioner_token: T }`, {
      ...gitea,
      provider: "github",
      api: "https://api.github.com",
      readOnly: false,
    }, "allow"],
    [
      `${SSH}, key: { provider: github, provisioner_token: T, api: https://github.example.com/api/v3/ }`,
      { ...gitea, provider: "github", api: "https://github.example.com/api/v3", readOnly: false },
      "allow",
    ],
    [`${SSH}, key: { provider: gitlab, provisioner_token: T, read_only: true }`, {
      ...gitea,
      provider: "gitlab",
      api: "https://gitlab.com",
      readOnly: true,
    }, "deny"],
    [
      `url: git@gitlab.example.com:tools/build/widget.git, host_key: ${HOST_KEY}, key: { provider: gitlab, provisioner_token: T, api: https://gitlab.example.com/api/v4 }`,
      {
        ...gitea,
        provider: "gitlab",
        api: "https://gitlab.example.com",
        owner: "tools/build",
        readOnly: false,
      },
      "allow",
    ],
    [`${https}, key: { provider: token, token_ref: T }`, {
      provider: "token",
      tokenRef: token,
      username: "git",
    }, "allow"],
    [`${https}, key: { provider: token, token_ref: { file: ~/t }, username: bot }`, {
      provider: "token",
      tokenRef: { kind: "file", path: "~/t" },
      username: "bot",
    }, "allow"],
    [`${https}, key: { provider: none }`, { provider: "none" }, "deny"],
  ];
  for (const [text, key, push] of cases) {
    const widget = (await load(repo(text))).get("widget")?.value;
    assert.deepEqual(widget?.key, key, text);
    assert.equal(widget?.push, push, text);
  }
});

Deno.test("what is wrong with a repository is said at its place", async () => {
  const cases: [text: string, message: RegExp][] = [
    [`host_key: ${HOST_KEY}, ${KEY}`, /"git-gate.repos.widget.url" is missing/],
    [SSH, /"git-gate.repos.widget.key" is missing/],
    [`url: ${URL}, ${KEY}`, /widget.host_key" is missing.*ssh-keyscan.*fingerprint/],
    [`url: §/srv/widget, ${KEY}`, /widget.url" is a path on a machine/],
    [`url: §"ext::sh", ${KEY}`, /a program of git's/],
    [`url: §"-x@h:w", ${KEY}`, /begin with a hyphen/],
    [`url: §git.example.com:w, ${KEY}`, /names no user \(Forges take git/],
    [`url: §5, ${KEY}`, /url" must be text, not a number/],
    [`url: ${URL}, host_key: §x, ${KEY}`, /host_key" must be a type and a key/],
    [`url: ${URL}, host_key: §git.example.com ${HOST_KEY}, ${KEY}`, /with its host/],
    [`${SSH}, key: §~/.ssh/x`, /must be a map such as \{ provider: static/],
    [
      `${SSH}, key: { provider: §vault }`,
      /must be static, gitea, github, gitlab, token or none, not "va/,
    ],
    [`${SSH}, §key: { path: ~/x }`, /widget.key.provider" is missing/],
    [`${SSH}, §key: { provider: static }`, /widget.key.path" is missing/],
    [`${SSH}, key: { provider: static, path: §x }`, /must be an absolute path, or one/],
    [
      `${SSH}, key: { provider: static, path: ~/x, §token_env: T }`,
      /Unknown key "token_env" in .* \(Write provisioner_token: NAME\)/,
    ],
    [`${SSH}, key: { provider: §token, token_ref: T }`, /can't be "token", as the url is/],
    [`${SSH}, key: { provider: §none }`, /can't be "none", as the url is ssh/],
    [`${SSH}, §identity: ~/x, ${KEY}`, /Unknown key "identity".*Write key: { provider: st/],
    [`${SSH}, §provisioned_key: x, ${KEY}`, /Write key: { provider: gitea/],
    [`${SSH}, §rule: {}, ${KEY}`, /Unknown key "rule".*Did you mean "rules"\?/],
    [`${SSH}, ${KEY}, push: §maybe`, /must be allow, approve or deny, not "maybe"/],
    [`${SSH}, ${KEY}, push: §true`, /must be allow, approve or deny, not true or false/],
    [
      `url: https://h.example/a/b, key: { provider: none }, push: §allow`,
      /push" can't be "allow" without a key/,
    ],
    [`${SSH}, key: { ${GITEA}, read_only: true }, push: §approve`, /a key that only reads/],
    [
      `url: https://h.example/a/b, key: { provider: §static, path: ~/x }`,
      /can't be "static", as the url is https/,
    ],
    [
      `url: https://h.example/a/b, host_key: §${HOST_KEY}, key: { provider: none }`,
      /host_key" is for ssh, and this url is https \(Remove it\)/,
    ],
    [
      `url: https://h.example/a/b, key: { provider: token, token_ref: T, username: §"a:b" }`,
      /without a colon/,
    ],
  ];
  for (const [text, message] of cases) {
    const marked = repo(text);
    const at = marked.includes(MARK) ? marked.indexOf(MARK) + 1 : marked.indexOf("widget") + 1;
    const problems = await problemsOf(marked.replace(MARK, ""));
    assert.equal(problems.length, 1, `${text}\n${problems.join("\n")}`);
    assert.match(problems[0] ?? "", message, text);
    assert.ok(problems[0]?.startsWith(`3:${at}: `), `${text}\n${problems[0]}`);
  }
});

Deno.test("an API's address and a path without an owner are refused", async () => {
  const api = (text: string): string =>
    repo(`${SSH}, key: { provider: gitea, provisioner_token: T, api: "${text}" }`);
  const cases: [bottle: string, message: RegExp][] = [
    [api("gitea.example.com"), /no address of an API/],
    [api("ftp://gitea.example.com"), /no address of an API/],
    [api("https://gitea.example.com?x"), /no address of an API/],
    [api("https://gitea_example"), /names no host/],
    [api("https://ann@gitea.example.com"), /holds a user/],
    [api("https://gitea.example.com/a/../b"), /dots for segments/],
    [api("http://gitea.example.com"), /not encrypted/],
    [api("http://192.0.2.7"), /not encrypted/],
    [
      repo(`url: git@h.example:widget, host_key: ${HOST_KEY}, key: { ${GITEA} }`),
      /widget.url" does not say whose repository it is/,
    ],
    [
      repo(`url: git@h.example:a/b/c, host_key: ${HOST_KEY}, key: { ${GITEA} }`),
      /does not say whose/,
    ],
    [repo(`url: git@h.example:~a/b, host_key: ${HOST_KEY}, key: { ${GITEA} }`), /whose/],
    [
      repo(`url: git@h.example:a/b/c, host_key: ${HOST_KEY}, key: { ${GITHUB} }`),
      /does not say whose/,
    ],
    [
      repo(`url: git@h.example:widget, host_key: ${HOST_KEY}, key: { ${GITLAB} }`),
      /does not say whose/,
    ],
    [repo(`${SSH}, key: { ${GITHUB}, read_only: true }, push: allow`), /only reads/],
    [
      repo(`url: https://h.example/a/b, key: { ${GITLAB} }`),
      /can't be "gitlab", as the url is https/,
    ],
  ];
  for (const [bottle, message] of cases) {
    const problems = await problemsOf(bottle);
    assert.equal(problems.length, 1, `${bottle}\n${problems.join("\n")}`);
    assert.match(problems[0] ?? "", message, bottle);
  }
  assert.deepEqual(await problemsOf(api("http://localhost:3000")), []);
});

Deno.test("what is wrong with a rule is said", async () => {
  const cases: [rules: string, message: RegExp][] = [
    ["refs: []", /must name a ref, or be left out/],
    ['refs: ["bot/*"]', /must be a whole name, not "bot\/\*" \(Write refs\/heads\/bot\/\*\)/],
    ['refs: ["heads/bot/*"]', /Write refs\/heads\/bot\/\*/],
    ['refs: ["refs/for/main"]', /outside of refs\/heads\/ and refs\/tags\//],
    ['refs: ["refs/heads/"]', /what no ref's name can hold/],
    ['refs: ["refs/heads/a b"]', /what no ref's name can hold/],
    ['refs: ["refs/heads/a..b"]', /what no ref's name can hold/],
    ['refs: ["refs/heads/a.lock"]', /what no ref's name can hold/],
    ['refs: [""]', /must have 1 to 512 characters/],
    ["refs: main", /must be a list, not text/],
    ['protected: ["-x"]', /what no ref's name can hold/],
    ["protected: [refs/notes/x]", /outside of/],
    ['approve_paths: ["/x"]', /must not begin with a slash/],
    ['approve_paths: ["a/../b"]', /for a segment/],
    ['approve_paths: ["ci/"]', /names a folder.*Write ci\/\*\*/],
    ['approve_paths: [""]', /1 to 512 characters/],
    ['approve_paths: ["a\\nb"]', /control characters/],
    ["max_bytes: 100", /must be text such as 100m, not a number/],
    ["max_bytes: 100mb", /must be a size such as 512k, 100m or 1g, not "100mb"/],
    ["max_objects: 0", /must be at least 1/],
    ["max_objects: 0k", /must be a count such as 500, 50k or 1m, not "0k"/],
    ["max_objects: [1]", /must be a number, or text such as 50k, not a list/],
    ["force: sometimes", /must be true or false/],
    ["max_size: 1m", /Unknown key "max_size".*Did you mean "max_bytes"|Unknown key "max_size"/],
  ];
  for (const [rules, message] of cases) {
    const problems = await problemsOf(repo(`${SSH}, ${KEY}, rules: { ${rules} }`));
    assert.equal(problems.length, 1, `${rules}\n${problems.join("\n")}`);
    assert.match(problems[0] ?? "", message, rules);
  }
});

Deno.test("a repository's name is one that can be told from others", async () => {
  const named = (name: string): string => `git-gate: { repos: { "${name}": { ${SSH}, ${KEY} } } }`;
  const cases: [name: string, message: RegExp][] = [
    ["Widget", /has upper case in its name \(Write widget: names/],
    ["widget.git", /ends in \.git \(Write widget: names/],
    ["Widget.GIT", /has upper case in its name \(Write widget/],
    ["-x", /can't be a repository's name \(A name has/],
    [".git", /can't be a repository's name/],
    ["a/b", /can't be a repository's name/],
    ["a..b", /can't be a repository's name/],
    ["a.", /can't be a repository's name/],
    ["a.lock", /can't be a repository's name/],
    ["a b", /can't be a repository's name/],
    ["", /can't be a repository's name/],
    ["a".repeat(65), /can't be a repository's name/],
  ];
  for (const [name, message] of cases) {
    const problems = await problemsOf(named(name));
    assert.equal(problems.length, 1, `${name}\n${problems.join("\n")}`);
    assert.match(problems[0] ?? "", message, name);
    assert.ok(problems[0]?.startsWith("3:22: "), problems[0]);
  }
  for (const name of ["widget", "a.b", "0", "a_b-c", "a".repeat(64), "git"]) {
    assert.deepEqual(await problemsOf(named(name)), [], name);
  }
  assert.match(
    (await problemsOf(`git-gate: { repos: { a: { ${SSH}, ${KEY} }, a: {} } }`))[0] ?? "",
    /A key stands twice/,
  );
});

Deno.test("an upstream stands once, in whatever spelling", async () => {
  const other = (url: string): string =>
    `git-gate: { repos: { widget: { ${SSH}, ${KEY} }, other: { ${url} } } }`;
  const twice = [
    `${SSH}, ${KEY}`,
    `url: git@GIT.example.com:team/widget, host_key: ${HOST_KEY}, ${KEY}`,
    `url: ssh://bot@git.example.com:2222/team/widget/, host_key: ${HOST_KEY}, ${KEY}`,
    `url: https://git.example.com/team/widget.git, key: { provider: none }`,
  ];
  for (const url of twice) {
    const problems = await problemsOf(other(url));
    assert.equal(problems.length, 1, `${url}\n${problems.join("\n")}`);
    assert.match(problems[0] ?? "", /"widget" and "other" have the same upstream \(Git in the/);
  }
  const apart = "url: git@git.example.com:team/widget-other, host_key: " + `${HOST_KEY}, ${KEY}`;
  assert.deepEqual(await problemsOf(other(apart)), []);
});

Deno.test("all problems of all repositories are reported at once", async () => {
  const problems = await problemsOf(
    `git-gate: { repos: { A: { url: x }, b: { ${SSH}, ${KEY}, push: no }, c: { url: ${URL}, ${KEY}, rules: { refs: [x] } } } }`,
  );
  const starts = [
    `"git-gate.repos.A.key" is missing`,
    `"git-gate.repos.A" has upper case in its name`,
    `"git-gate.repos.A.url" is a path on a machine`,
    `"git-gate.repos.b.push" must be allow, approve or deny`,
    `"git-gate.repos.c.host_key" is missing`,
    `The repositories "b" and "c" have the same upstream`,
    `"git-gate.repos.c.rules.refs[0]" must be a whole name`,
  ];
  assert.equal(problems.length, starts.length, problems.join("\n"));
  for (const [index, start] of starts.entries()) {
    const text = problems[index]?.replace(/^[\d:]+ /, "") ?? "";
    assert.ok(text.startsWith(start), text);
  }
});

Deno.test("repositories of parents are united by name, the later one whole; an empty map clears", async () => {
  const base = markdown(
    `${CLAUDE}git-gate: { user: { name: Bot }, repos: { widget: { ${SSH}, ${KEY}, push: deny }, lib: { url: https://h.example/a/lib, key: { provider: none } } } }`,
  );
  const more = { "home/bottles/base.md": base };
  const child = (gate: string): string => `extends: base\ngit-gate: ${gate}`;
  const folded = await load(child(`{ repos: { widget: { ${SSH}, ${KEY} } } }`), more);
  assert.deepEqual([...folded.keys()], ["widget", "lib"]);
  assert.equal(folded.get("widget")?.value.push, "allow");
  assert.equal(folded.get("widget")?.place, "bottles/dev.md:4:22");
  assert.equal(folded.get("lib")?.place.replace(/:\d+$/, ""), "bottles/base.md:3");
  assert.equal((await load(child("{ repos: {} }"), more)).size, 0);
  assert.equal((await load(child("{}"), more)).size, 0);
  assert.equal((await load(child("{ user: { name: B } }"), more)).size, 2);
  const problems = await problemsOf(child(`{ repos: { other: { ${SSH}, ${KEY} } } }`), more);
  assert.equal(problems.length, 1);
  assert.match(
    problems[0] ?? "",
    /"widget" and "other" have the same upstream .*the other is in .*base\.md:3:/,
  );
});

Deno.test("repositories alone leave the parents' git user as it is", async () => {
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown("bottle: dev"),
    "home/bottles/base.md": markdown(`${CLAUDE}git-gate: { user: { name: Bot } }`),
    "home/bottles/dev.md": markdown("extends: base\ngit-gate: { repos: {} }"),
  });
  const index = await ManifestIndex.load({ home: files.home });
  assert.equal((await index.loadForAgent("reviewer")).gitUser.name?.value, "Bot");
});

Deno.test("an agent can't say which repositories there are", async () => {
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown(`bottle: dev\n${repo(`${SSH}, ${KEY}`)}`),
    "home/bottles/dev.md": markdown(CLAUDE),
  });
  const index = await ManifestIndex.load({ home: files.home });
  await assert.rejects(
    index.loadForAgent("reviewer"),
    /"git-gate.repos" is not an agent's to say: repos belong to the bottle/,
  );
});
