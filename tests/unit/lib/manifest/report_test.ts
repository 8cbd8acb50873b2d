/** What a person sees of a manifest that is wrong: every problem, each at its place. */

import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import { LEGACY_KEYS } from "../../../../lib/manifest/legacy_keys.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

/** The problems of one bottle named dev, as `line:column message (hint)`, or none. */
async function problemsOf(bottle: string, more: Record<string, string> = {}): Promise<string[]> {
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown("bottle: dev"),
    "home/bottles/dev.md": markdown(bottle),
    ...more,
  });
  const index = await ManifestIndex.load({ home: files.home });
  const error = await index.loadForAgent("reviewer").then(() => null, (error: unknown) => error);
  if (error === null) return [];
  assert.ok(error instanceof BottleError, String(error));
  assert.equal(error.exitCode, 1);
  const { line, column } = error.place ?? {};
  const hint = error.hint === undefined ? "" : ` (${error.hint})`;
  const lines = error.details.length > 0
    ? error.details
    : [`${files.home}/bottles/dev.md:${line}:${column}: ${error.message}${hint}`];
  return lines.map((text) =>
    text.replace(`${files.home}/bottles/dev.md:`, "").replaceAll(files.root, "")
  );
}

const CLAUDE = "agent_provider: { template: claude }\n";

/** Asserts one problem, whose text matches. */
async function assertProblem(bottle: string, at: string, message: RegExp): Promise<void> {
  const problems = await problemsOf(bottle);
  assert.equal(problems.length, 1, `${bottle}\n${problems.join("\n")}`);
  const [problem = ""] = problems;
  assert.ok(problem.startsWith(`${at}: `), `${bottle}\n${problem}`);
  assert.match(problem, message, bottle);
}

Deno.test("a manifest that uses all of this version is accepted", async () => {
  assert.deepEqual(
    await problemsOf(`
agent_provider: { template: claude, auth_token: CLAUDE_OAUTH, forward_host_credentials: false }
env: { LOG_LEVEL: debug, BUILD_ID: "\${BUILD_ID}", TICKET: "?Which ticket?" }
git-gate:
  user: { name: Bot, email: bot@example.com }
  repos:
    lib:
      url: https://git.example.com/team/lib.git
      key: { provider: token, token_ref: LIB_TOKEN, username: bot }
      push: allow
      rules: { refs: ["refs/heads/bot/*"], protected: [main], force: false, delete: false, max_bytes: 100m }
egress:
  log: blocked
  routes:
    - host: api.github.com
      ports: [443, 8443]
      matches:
        - { methods: [GET, HEAD], paths: [{ type: prefix, value: /repos/ }, { type: exact, value: / }] }
        - { methods: [PROPFIND] }
      auth: { scheme: bearer, token_ref: GITHUB_TOKEN }
      tls: intercept
      allow_private: false
    - { host: "*.example.co.uk", auth: { scheme: token, token_ref: A } }
    - { host: 192.0.2.7, auth: { scheme: basic, token_ref: A, username: x-access-token } }
    - { host: "[2001:db8::1]", auth: { scheme: header, token_ref: A, header: X-Api-Key } }
    - { host: agents.example, auth: { scheme: agent } }
    - { host: "*.blind.example", tls: passthrough }
    - host: limited.example
      matches:
        - paths: [{ type: regex, value: "/v[0-9]+/.*" }]
          headers: [{ name: Accept, type: regex, value: "application/.*" }]
      limits: { requests_per_minute: 60, bytes_out: 10m, body_bytes: 5M }
      tls: intercept
    - { host: upstream }
supervise: false
resources: { cpus: 0.5, memory: 512m, pids: 64 }`),
    [],
  );
});

Deno.test("keys and values of later versions are refused as such, each at its place", async () => {
  const route = (text: string): string =>
    `${CLAUDE}egress: { routes: [{ host: a.example, ${text} }] }`;
  const cases: [bottle: string, at: string, what: RegExp][] = [
    [`${CLAUDE}supervise: true`, "3:12", /"supervise"/],
    [`${CLAUDE}limits: { idle: 1h }`, "3:9", /"limits"/],
    [`${CLAUDE}limits:`, "3:8", /"limits"/],
    [route("dlp: { inbound_detectors: false }"), "3:44", /routes\[0\].dlp"/],
    ["agent_provider: { template: codex }", "2:29", /template"/],
    [
      "agent_provider: { template: claude, forward_host_credentials: true }",
      "2:63",
      /forward_host_credentials"/,
    ],
  ];
  for (const [bottle, at, what] of cases) {
    await assertProblem(bottle, at, new RegExp(`${what.source} is not in this version`));
  }
});

Deno.test("a credential may come from a program or a file, and what is wrong with one is said at its place", async () => {
  const token = (text: string): string =>
    `agent_provider: { template: claude, auth_token: ${text} }`;
  const ref = (text: string): string =>
    `${CLAUDE}egress: { routes: [{ host: a.example, auth: { scheme: bearer, token_ref: ${text} } }] }`;
  const fine = [
    token("{ command: [pass, show, x] }"),
    token("{ command: [/usr/bin/pass], kind: api_key }"),
    token("{ file: ~/.config/token }"),
    ref("{ command: [op, read, 'op://a b/c'] }"),
    ref("{ file: /run/secrets/token }"),
  ];
  for (const bottle of fine) assert.deepEqual(await problemsOf(bottle), [], bottle);
  const cases: [bottle: string, at: string, message: RegExp][] = [
    [token("5"), "2:49", /must be the NAME of a host variable, { command: \[pass, show, x\] } or/],
    [token("[A]"), "2:49", /or { file: ~\/x }, not a list/],
    [
      token("{ command: pass show x }"),
      "2:60",
      /must be a list such as \[pass, show, x\], not text/,
    ],
    [token("{ command: [] }"), "2:60", /auth_token.command" must name a program/],
    [token("{ command: [pass, 5] }"), "2:67", /command\[1\]" must be text, not a number/],
    [token("{ command: [./pass] }"), "2:61", /must be a program on PATH, or an absolute path/],
    [token("{ command: ['~/bin/pass'] }"), "2:61", /\(No shell reads it: ~ and \$NAME stay/],
    [token("{ command: [''] }"), "2:61", /must be a program on PATH/],
    [token('{ command: [a, "b\\u202ec"] }'), "2:64", /must hold no control characters/],
    [token("{ command: [a], kind: other }"), "2:71", /kind" must be oauth_token or api_key/],
    [
      token("{ command: [a], file: ~/x }"),
      "2:65",
      /Unknown key "file" in "agent_provider.auth_token"/,
    ],
    [token("{ file: x }"), "2:57", /must be an absolute path, or one that begins with ~\//],
    [token("{ file: ~x }"), "2:57", /must be an absolute path/],
    [token("{ file: ~/x, kind: api_key }"), "2:62", /Unknown key "kind"/],
    [ref("{ command: [a], kind: api_key }"), "3:90", /Unknown key "kind" .* \(Allowed: command\)/],
  ];
  for (const [bottle, at, message] of cases) await assertProblem(bottle, at, message);
});

Deno.test("an unknown key names the allowed ones and the nearest", async () => {
  const cases: [bottle: string, at: string, message: RegExp][] = [
    [
      `${CLAUDE}egres: {}`,
      "3:1",
      /Unknown key "egres" \(Did you mean "egress"\? Allowed: extends, agent_provider, env/,
    ],
    [`${CLAUDE}zzz: 1`, "3:1", /Unknown key "zzz" \(Allowed: extends/],
    [
      `${CLAUDE}egress: { route: [] }`,
      "3:11",
      /Unknown key "route" in "egress" \(Did you mean "routes"\? Allowed: log, routes\)/,
    ],
    [
      `${CLAUDE}egress: { routes: [{ host: a.example, method: GET }] }`,
      "3:39",
      /Unknown key "method" in "egress.routes\[0\]"/,
    ],
    [
      `${CLAUDE}egress: { routes: [{ host: a.example, auth: { scheme: token, token_ref: A, username: x } }] }`,
      "3:76",
      /Unknown key "username" in "egress.routes\[0\].auth" \(Allowed: scheme, token_ref\)/,
    ],
  ];
  for (const [bottle, at, message] of cases) await assertProblem(bottle, at, message);
});

Deno.test("keys of earlier designs say what to write instead, wherever they stand", async () => {
  assert.equal(LEGACY_KEYS.length, 10);
  for (const key of LEGACY_KEYS) {
    await assertProblem(
      `${CLAUDE}${key}: x`,
      "3:1",
      new RegExp(`Unknown key "${key}" \\([A-Z][^)]*[:{]`),
    );
  }
  await assertProblem(
    `${CLAUDE}egress: { routes: [{ host: a.example, path_allowlist: [/x] }] }`,
    "3:39",
    /Write matches: /,
  );
});

Deno.test("values of the wrong form say what they must be", async () => {
  const route = (text: string): string => `${CLAUDE}egress: { routes: [{ ${text} }] }`;
  const cases: [bottle: string, at: string, message: RegExp][] = [
    ["- a", "2:1", /The frontmatter must be a map, not a list/],
    ["text", "2:1", /The frontmatter must be a map, not text/],
    ["env: {}", "1:1", /names no agent_provider/],
    ["agent_provider: {}", "2:1", /"agent_provider.template" is missing/],
    ["agent_provider:", "2:16", /must be a map, not empty \(Write a value/],
    [
      "agent_provider: { template: Claude }",
      "2:29",
      /must be the name of a provider, not "Claude"/,
    ],
    [
      "agent_provider: { template: claude, auth_token: my token }",
      "2:49",
      /must be the NAME.*\(Put the credential/,
    ],
    [
      "agent_provider: { template: claude, auth_token: 5 }",
      "2:49",
      /must be the NAME of a host variable, {.*}, not a number/,
    ],
    [
      'agent_provider: { template: claude, auth_token: "${A}" }',
      "2:49",
      /Leave out the \$\{ and \}/,
    ],
    ["agent_provider: { template: scripted, auth_token: A }", "2:1", /not for "scripted"/],
    [`${CLAUDE}env: { A: 1 }`, "3:11", /"env.A" must be text, not a number \(Put it in quotes\)/],
    [`${CLAUDE}env: { A: "\${B}x" }`, "3:11", /"env.A" mixes a host variable/],
    [`${CLAUDE}env: { A-B: x }`, "3:8", /"env.A-B" is not a name that a variable can have/],
    [`${CLAUDE}env: { HTTPS_PROXY: x }`, "3:8", /"env.HTTPS_PROXY" is set by bot-bottle/],
    [`${CLAUDE}env: { BOT_BOTTLE_SLUG: x }`, "3:8", /is set by bot-bottle/],
    [`${CLAUDE}env: [A]`, "3:6", /"env" must be a map, not a list/],
    [
      `${CLAUDE}extends: 5`,
      "3:10",
      /"extends" must be the name of a bottle, or a list of names, not a number/,
    ],
    [`${CLAUDE}extends: [Dev!]`, "3:11", /"extends\[0\]" must be the name of a bottle, not "Dev!"/],
    [`${CLAUDE}git-gate: { user: { name: "a<b" } }`, "3:27", /without < >/],
    [`${CLAUDE}git-gate: { user: { name: "" } }`, "3:27", /1 to 200 characters/],
    [`${CLAUDE}git-gate: { user: { name: "a\\nb" } }`, "3:27", /control characters/],
    [`${CLAUDE}git-gate: { user: { email: nobody } }`, "3:28", /must be an address/],
    [`${CLAUDE}egress: { log: some }`, "3:16", /must be "all", "blocked" or "off", not "some"/],
    [`${CLAUDE}egress: { log: 1 }`, "3:16", /must be "all", "blocked" or "off", not a number/],
    [`${CLAUDE}egress: { routes: {} }`, "3:19", /must be a list, not a map/],
    [`${CLAUDE}supervise: maybe`, "3:12", /must be true or false, not text/],
    [`${CLAUDE}resources: { memory: 4gb }`, "3:22", /must be a size such as 512m or 4g/],
    [`${CLAUDE}resources: { memory: 1m }`, "3:22", /must be at least 64m/],
    [`${CLAUDE}resources: { memory: 4 }`, "3:22", /must be text such as 4g, not a number/],
    [`${CLAUDE}resources: { cpus: 0 }`, "3:20", /must be at least 0.1/],
    [`${CLAUDE}resources: { cpus: two }`, "3:20", /must be a number, not text/],
    [`${CLAUDE}resources: { pids: 1.5 }`, "3:20", /must be a whole number/],
    [`${CLAUDE}resources: { pids: 9999999 }`, "3:20", /must be at most/],
    [route("host: 5"), "3:28", /must be text, not a number/],
    [route("ports: [443]"), "3:20", /"egress.routes\[0\].host" is missing/],
    [route('host: "https://a.example/"'), "3:28", /is no host.*\(Write the name alone; paths/],
    [route("host: a.example:443"), "3:28", /is no host.*ports go under/],
    [route("host: a_b.example"), "3:28", /is no host/],
    [route("host: 0x7f.1"), "3:28", /is no host/],
    [route('host: "a.\\u3002b"'), "3:28", /is no host/],
    [route('host: "*"'), "3:28", /is no host: "\*"/],
    [route('host: "*.com"'), "3:28", /two labels/],
    [route('host: "*.co.uk"'), "3:28", /public suffix/],
    [route('host: "*.github.io"'), "3:28", /public suffix/],
    [route('host: "*.CO.UK."'), "3:28", /public suffix/],
    [route("host: a.example, ports: []"), "3:46", /must name a port/],
    [route("host: a.example, ports: [0]"), "3:47", /must be at least 1/],
    [route("host: a.example, ports: [70000]"), "3:47", /must be at most 65535/],
    [
      route('host: a.example, ports: ["443"]'),
      "3:47",
      /must be a whole number, not text|must be a number, not text/,
    ],
    [route("host: a.example, matches: [{ methods: [get] }]"), "3:61", /upper case, not "get"/],
    [route("host: a.example, matches: [{ methods: [CONNECT] }]"), "3:61", /can't be CONNECT/],
    [route("host: a.example, matches: []"), "3:48", /must have an entry, or be left out/],
    [route("host: a.example, matches: [{ methods: [] }]"), "3:60", /must name a method/],
    [route("host: a.example, matches: [{ paths: [] }]"), "3:58", /must name a path/],
    [route("host: a.example, matches: [{ paths: [{ value: /x }] }]"), "3:59", /type" is missing/],
    [
      route("host: a.example, matches: [{ paths: [{ type: suffix, value: /x }] }]"),
      "3:67",
      /"prefix", "exact", "glob" or "regex", not "suffix"/,
    ],
    [
      route("host: a.example, matches: [{ paths: [{ type: exact, value: /v1/* }] }]"),
      "3:81",
      /no \* \(For stars write type: glob\)/,
    ],
    [
      route("host: a.example, matches: [{ paths: [{ type: glob, value: /x }] }]"),
      "3:80",
      /without one it is an exact path/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: glob, value: "/a**/b" }] }]'),
      "3:80",
      /stands for whole segments/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: glob, value: "/*/../b" }] }]'),
      "3:80",
      /dot segment/,
    ],
    [
      route("host: a.example, matches: [{ paths: [{ type: exact, value: x }] }]"),
      "3:81",
      /no path of a route/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: exact, value: "/x?y" }] }]'),
      "3:81",
      /no query/,
    ],
    [
      route("host: a.example, matches: [{ paths: [{ type: prefix, value: /v1/* }] }]"),
      "3:82",
      /no \*.*already covers/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: prefix, value: "/a/../b" }] }]'),
      "3:82",
      /path of a route/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: prefix, value: "/%7ea" }] }]'),
      "3:82",
      /normal form/,
    ],
    [route("host: a.example, auth: {}"), "3:39", /auth.scheme" is missing/],
    [route("host: a.example, auth: yes"), "3:45", /auth" must be a map, not text/],
    [
      route("host: a.example, auth: { scheme: digest, token_ref: A }"),
      "3:55",
      /bearer, token, basic, header or agent, not "digest"/,
    ],
    [
      route("host: a.example, auth: { scheme: basic, token_ref: A }"),
      "3:39",
      /username" is missing/,
    ],
    [
      route('host: a.example, auth: { scheme: basic, token_ref: A, username: "a:b" }'),
      "3:86",
      /without a colon/,
    ],
    [
      route("host: a.example, auth: { scheme: header, token_ref: A, header: Host }"),
      "3:85",
      /frames nothing, not "Host"/,
    ],
    [
      route('host: a.example, auth: { scheme: header, token_ref: A, header: "a b" }'),
      "3:85",
      /name of a header/,
    ],
    [
      route("host: a.example, tls: none"),
      "3:44",
      /must be "intercept" or "passthrough", not "none"/,
    ],
    [
      route("host: a.example, tls: passthrough, auth: { scheme: agent }"),
      "3:44",
      /tls" can't be "passthrough" beside "auth" \(Nothing inside/,
    ],
    [
      route("host: a.example, tls: passthrough, matches: [{ methods: [GET] }]"),
      "3:44",
      /beside "matches"/,
    ],
    [
      route("host: a.example, tls: passthrough, limits: { bytes_out: 1m }"),
      "3:44",
      /beside "limits"/,
    ],
    [
      route("host: a.example, auth: { scheme: agent, token_ref: A }"),
      "3:62",
      /Unknown key "token_ref"/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: regex, value: "/(" }] }]'),
      "3:81",
      /no expression for a path: RE2 does not take it: missing closing \).*\(RE2's syntax/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: regex, value: "/(?=a)" }] }]'),
      "3:81",
      /unsupported Perl syntax/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: regex, value: "v1/.*" }] }]'),
      "3:81",
      /begins with a slash/,
    ],
    [
      route('host: a.example, matches: [{ paths: [{ type: regex, value: "/(a{99}){9}" }] }]'),
      "3:81",
      /instructions of RE2, and 500 are the most/,
    ],
    [
      route("host: a.example, matches: [{ headers: [{ name: a, value: b }] }]"),
      "3:61",
      /type" is missing/,
    ],
    [
      route("host: a.example, matches: [{ headers: [] }]"),
      "3:60",
      /must name a header, or be left out/,
    ],
    [
      route("host: a.example, matches: [{ headers: [{ name: a_b, type: exact, value: b }] }]"),
      "3:69",
      /no match of "a_b": .*with - and not _/,
    ],
    [
      route("host: a.example, matches: [{ headers: [{ name: Host, type: exact, value: b }] }]"),
      "3:69",
      /egress's own to write/,
    ],
    [
      route(
        'host: a.example, matches: [{ headers: [{ name: Authorization, type: regex, value: ".*" }] }]',
      ),
      "3:69",
      /a credential's/,
    ],
    [
      route(
        "host: a.example, matches: [{ headers: [{ name: X-Forwarded-Host, type: exact, value: b }] }]",
      ),
      "3:69",
      /never gets through/,
    ],
    [
      route('host: a.example, matches: [{ headers: [{ name: a, type: regex, value: "(" }] }]'),
      "3:92",
      /missing closing/,
    ],
    [
      route('host: a.example, matches: [{ headers: [{ name: a, type: exact, value: "b\\n" }] }]'),
      "3:92",
      /visible ASCII/,
    ],
    [
      route(
        "host: a.example, matches: [{ headers: [{ name: Api-Key, type: exact, value: b }] }], " +
          "auth: { scheme: bearer, token_ref: A }",
      ),
      "3:69",
      /on this route egress takes it off/,
    ],
    [route("host: a.example, limits: { bytes_out: 5 }"), "3:60", /must be text such as 10m/],
    [route("host: a.example, limits: { body_bytes: 5 MB }"), "3:61", /must be a size such as/],
    [
      route("host: a.example, limits: { requests_per_minute: 0 }"),
      "3:70",
      /must be at least 1/,
    ],
    [route("host: a.example, limits: { requests: 1 }"), "3:49", /Unknown key "requests"/],
    [
      route("host: a.example }, { host: A.example."),
      "3:49",
      /"a.example" stands twice.*the first is in line 3/,
    ],
  ];
  for (const [bottle, at, message] of cases) await assertProblem(bottle, at, message);
});

Deno.test("a path with an ambiguity that only a prefix suffers from is refused as a prefix", async () => {
  const path = (type: string): string =>
    `${CLAUDE}egress: { routes: [{ host: a.example, matches: [{ paths: [{ type: ${type}, value: /a%2Fb }] }] }] }`;
  assert.deepEqual(await problemsOf(path("exact")), []);
  assert.match((await problemsOf(path("prefix")))[0] ?? "", /no path of a route/);
});

Deno.test("all problems of the agent, its bottle and its parents come in one report, in order", async () => {
  const problems = await problemsOf(
    `extends: [base, nope]
egres: 1
env: { A: 1 }
egress:
  routes:
    - hots: a.example
    - host: "*.co.uk"
      auth: { scheme: bearer, token_ref: "not a name" }
    - { host: b.example }
    - { host: B.example }`,
    {
      "home/agents/reviewer.md": markdown("bottle: dev\nskill: [x]"),
      "home/bottles/base.md": markdown("extends: dev\nenv: { B: '${X}y' }"),
      "home/bottles/elsewhere.md": "not even frontmatter",
    },
  );
  const places = problems.map((problem) => problem.match(/^(.*?:?\d+:\d+): /)?.[1]);
  assert.deepEqual(places, [
    "/home/agents/reviewer.md:3:1",
    "2:17",
    "3:1",
    "4:11",
    "7:7",
    "7:7",
    "8:13",
    "9:42",
    "11:15",
    "/home/bottles/base.md:2:10",
    "/home/bottles/base.md:3:11",
  ], problems.join("\n"));
});

Deno.test("a single problem is the error itself, with its place", async () => {
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown("bottle: dve"),
    "home/bottles/dev.md": markdown(CLAUDE),
  });
  const index = await ManifestIndex.load({ home: files.home });
  await assert.rejects(index.loadForAgent("reviewer"), (error) => {
    assert.ok(error instanceof BottleError);
    assert.equal(error.code, "bottle-unknown");
    assert.equal(error.message, 'No bottle "dve"');
    assert.equal(error.hint, 'Did you mean "dev"?');
    assert.deepEqual(error.place, { file: `${files.home}/agents/reviewer.md`, line: 2, column: 9 });
    assert.deepEqual(error.details, []);
    return true;
  });
});

Deno.test("credentials are refused wherever they stand, and no message repeats one", async () => {
  const tail = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3";
  const token = `ghp${"_"}${tail}`;
  const other = `sk-${"ant-"}api03-${tail}`;
  const cases: [bottle: string, at: string][] = [
    [`agent_provider: { template: claude, auth_token: ${token} }`, "2:49"],
    [`agent_provider: { template: claude, auth_token: "${other}" }`, "2:50"],
    [`agent_provider: { template: ${other} }`, "2:29"],
    [`agent_provider: { template: claude, auth_token: { command: [echo, ${other}] } }`, "2:67"],
    [`${CLAUDE}env: { A: "x ${token} y" }`, "3:14"],
    [`${CLAUDE}# old: ${token}`, "3:8"],
    [
      `${CLAUDE}egress: { routes: [{ host: "https://me:${"hunter2"}${tail}@git.example/" }] }`,
      "3:29",
    ],
    [`${CLAUDE}extends: ${other}`, "3:10"],
    [`${CLAUDE}egress: { log: "${other}" }`, "3:17"],
  ];
  for (const [bottle, at] of cases) {
    await assertProblem(bottle, at, /looks like a credential/);
    assert.ok(!(await problemsOf(bottle)).join().includes(tail), bottle);
  }
  const key = await problemsOf(`${CLAUDE}${other}: x\nenv: { "${other}": 5 }`);
  assert.equal(key.length, 2, key.join("\n"));
  assert.ok(!key.join().includes(tail), key.join("\n"));
});

Deno.test("a credential in a prompt or in a bottle's documentation is refused as well", async () => {
  const token = `xoxb${"-"}123456789012-abcdefghijkl`;
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown("bottle: dev", `Hello\nuse ${token}`),
    "home/bottles/dev.md": markdown(CLAUDE, `Token: ${token}`),
  });
  const index = await ManifestIndex.load({ home: files.home });
  await assert.rejects(index.loadForAgent("reviewer"), (error) => {
    assert.ok(error instanceof BottleError);
    assert.equal(error.details.length, 2);
    assert.match(error.details[0] ?? "", /reviewer.md:5:5: This looks like a credential/);
    assert.match(error.details[1] ?? "", /dev.md:4:8: This looks like a credential/);
    return !error.details.join().includes(token);
  });
});
