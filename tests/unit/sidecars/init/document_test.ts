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
  ledger: { path: "/l" },
};

Deno.test("splitDocument gives each daemon its own part, and finds the secrets", () => {
  assert.deepEqual(splitDocument(document), {
    slug: "demo-ab12c",
    egress: document.egress,
    ledger: document.ledger,
    secrets: ["sk-1", "v", "Basic x"],
  });
  const none = { ...document, egress: { self_test: null, upstream_proxy: null } };
  assert.deepEqual(splitDocument(none).secrets, []);
});

const bad: readonly [string, unknown][] = [
  ["nothing", null],
  ["another version", { ...document, version: 2 }],
  ["no egress", { ...document, egress: undefined }],
  ["no ledger", { ...document, ledger: [] }],
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
