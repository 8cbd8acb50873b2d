import assert from "node:assert/strict";
import { makeSecretPrints } from "../../../../lib/dlp/make_secret_prints.ts";
import { PrintScanner } from "../../../../lib/dlp/print_scanner.ts";
import { gitRow } from "../../../../lib/git_gate/push_row.ts";
import { gitRowRedactor, HIDDEN_TEXT } from "../../../../lib/git_gate/redact_row.ts";
import { refusalRow } from "../../../../lib/git_gate/refusal_row.ts";

const SECRET = ["9f3c7a1e5b2d8046cfa3", "71be90d4528e6fa1c37b"].join("");
const NONE = "0".repeat(40);
const ID = "a".repeat(40);
const scanner = new PrintScanner(
  makeSecretPrints([{ name: "FORGE_TOKEN", value: SECRET }], new Uint8Array(32)),
);
const redact = gitRowRedactor((text) => scanner.holds(text));
const upstream = {
  scheme: "https",
  host: "git.example.com",
  port: 443,
  path: "/team/widget.git",
  username: "bot",
  token: null,
} as const;

Deno.test("gitRowRedactor leaves no credential in any text that a pusher or an upstream chooses", () => {
  const refs = [
    { ref: `refs/heads/${SECRET}`, old: NONE, new: ID, accepted: false },
    { ref: "refs/heads/a", old: SECRET, new: ID, accepted: false },
  ];
  const place = { rule: "x", kind: "file", line: 1, object: "" } as const;
  const row = redact(gitRow("push", { name: "widget", upstream }, {
    verdict: "blocked",
    detail: `refs/heads/${SECRET.toUpperCase()}: it may not be pushed`,
    refs,
    findings: [{ ...place, path: `${SECRET}.txt` }],
    ...{ started: 0, ended: 1 },
  }));
  assert.ok(!JSON.stringify(row).toLowerCase().includes(SECRET));
  assert.equal(row.detail, HIDDEN_TEXT);
  assert.deepEqual(row.push?.refs.map(({ ref, old }) => [ref, old]), [
    [HIDDEN_TEXT, NONE],
    ["refs/heads/a", NONE],
  ]);
  assert.equal(row.push?.findings[0]?.path, HIDDEN_TEXT);
  assert.equal(redact(refusalRow("repo-undeclared", `/${SECRET}/info/refs`, 0)).path, HIDDEN_TEXT);
});

Deno.test("gitRowRedactor changes nothing else", () => {
  const refs = [{ ref: "refs/heads/a", old: NONE, new: ID, accepted: true }];
  const outcome = { verdict: "allowed", refs, started: 0, ended: 1 } as const;
  const row = gitRow("push", { name: "widget", upstream }, outcome);
  assert.deepEqual(redact(row), row);
});
