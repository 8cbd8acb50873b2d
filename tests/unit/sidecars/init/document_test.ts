import assert from "node:assert/strict";
import { pemLines, splitDocument } from "../../../../sidecars/init/document.ts";

const document = {
  version: 1,
  slug: "demo-ab12c",
  egress: {
    tokens: { EGRESS_TOKEN_1: "sk-1" },
    self_test: { placeholder: "p", value: "v" },
    upstream_proxy: { authorization: "Basic x" },
  },
  git_gate: null,
  ledger: { path: "/l" },
};

const gate = {
  listen: { address: "10.1.2.3", port: 9418 },
  repos: [
    { upstream: { private_key: "-----BEGIN X-----\r\nkeyline1\nkeyline2\n-----END X-----\n" } },
    { upstream: { username: "git", token: "tk-2" } },
    { upstream: { username: "git", token: null } },
  ],
  upstream_proxy: { credentials: { username: "me", password: "pw-3" } },
};

Deno.test("splitDocument gives each daemon its own part, and finds the secrets", () => {
  assert.deepEqual(splitDocument(document), {
    slug: "demo-ab12c",
    egress: document.egress,
    gitGate: null,
    ledger: document.ledger,
    secrets: ["sk-1", "v", "Basic x"],
  });
  const none = { ...document, egress: { self_test: null, upstream_proxy: null } };
  assert.deepEqual(splitDocument(none).secrets, []);
});

Deno.test("splitDocument finds what git-gate gets: keys by lines, tokens and passwords also as Basic has them", () => {
  const { gitGate, secrets } = splitDocument({ ...document, egress: {}, git_gate: gate });
  assert.deepEqual(gitGate, { config: gate, listen: "10.1.2.3:9418" });
  assert.deepEqual(secrets, ["pw-3", "me:pw-3", "tk-2", "git:tk-2", "keyline1", "keyline2"]);
  const listen = { address: "fd00::1", port: 1 };
  const six = splitDocument({ ...document, git_gate: { listen, repos: [] } });
  assert.equal(six.gitGate?.listen, "[fd00::1]:1");
  assert.deepEqual(six.secrets, ["sk-1", "v", "Basic x"]);
});

const bad: readonly [string, unknown][] = [
  ["nothing", null],
  ["another version", { ...document, version: 2 }],
  ["no egress", { ...document, egress: undefined }],
  ["no ledger", { ...document, ledger: [] }],
  ["nothing said of git-gate", { ...document, git_gate: undefined }],
  ["a place to listen that is two", {
    ...document,
    git_gate: { ...gate, listen: { address: "10.1.2.3,sk-", port: 1 } },
  }],
  ["a place to listen without a port", {
    ...document,
    git_gate: { ...gate, listen: { address: "10.1.2.3" } },
  }],
  ["no repositories where there is a gate", { ...document, git_gate: { ...gate, repos: null } }],
  ["no slug", { ...document, slug: 1 }],
  ["tokens that are a list", { ...document, egress: { tokens: ["sk-secret"] } }],
];
for (const [name, value] of bad) {
  Deno.test(`splitDocument refuses a document with ${name}, without quoting it`, () => {
    assert.throws(
      () => splitDocument(value),
      (error: Error) => !error.message.includes("sk-"),
    );
  });
}

Deno.test("pemLines gives the key's lines, not the frame", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nabc\ndef\n-----END PRIVATE KEY-----\n";
  assert.deepEqual(pemLines(pem), ["abc", "def"]);
});
