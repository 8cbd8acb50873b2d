import assert from "node:assert/strict";
import { DEFAULT_RULES, type GateRepo, type RepoRules } from "../../../../lib/git_gate/config.ts";
import type { RefCommand } from "../../../../lib/git_gate/ref_command.ts";
import {
  branchesToTrace,
  judgeFindings,
  judgeForced,
  judgeObjectSize,
  judgeRefs,
  judgeSize,
  MAX_OBJECT_BYTES,
  MAX_PUSHED_REFS,
  type RuledRepo,
} from "../../../../lib/git_gate/rules.ts";

const NONE = "0".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);
const ssh: GateRepo["upstream"] = {
  scheme: "ssh",
  user: "git",
  host: "git.example.com",
  port: 22,
  path: "/a",
  host_key: "",
  private_key: "",
};

function ruled(rules: Partial<RepoRules> = {}, repo: Partial<GateRepo> = {}): RuledRepo {
  return {
    repo: { push: "allow", upstream: ssh, rules: { ...DEFAULT_RULES, ...rules }, ...repo },
    headBranch: "refs/heads/main",
  };
}

const make = (ref: string): RefCommand => ({ ref, old: NONE, new: A });
const update = (ref: string): RefCommand => ({ ref, old: A, new: B });
const remove = (ref: string): RefCommand => ({ ref, old: A, new: NONE });

function reasons(command: RefCommand, rules: Partial<RepoRules> = {}): readonly string[] {
  return judgeRefs([command], ruled(rules)).map(({ reason }) => reason);
}

const table: readonly (readonly [string, RefCommand, Partial<RepoRules>, readonly string[]])[] = [
  ["a new branch", make("refs/heads/a"), {}, []],
  ["the HEAD branch, which is new", make("refs/heads/main"), {}, []],
  ["the HEAD branch, moved on", update("refs/heads/main"), {}, []],
  ["a tag", make("refs/tags/v1"), {}, []],
  ["a tag that moves", update("refs/tags/v1"), {}, []],
  ["a tag that moves without force", update("refs/tags/v1"), { force: false }, ["push-force"]],
  [
    "a protected tag that moves",
    update("refs/tags/v1"),
    { protected: ["refs/tags/v*"] },
    ["push-force"],
  ],
  ["a deletion", remove("refs/heads/a"), {}, []],
  ["a deletion that may not be", remove("refs/heads/a"), { delete: false }, ["push-delete"]],
  ["a deletion of the HEAD branch", remove("refs/heads/main"), {}, ["push-delete"]],
  ["the same where nothing is protected", remove("refs/heads/main"), { protected: [] }, []],
  [
    "the same where another is protected",
    remove("refs/heads/main"),
    { protected: ["refs/heads/release/*"] },
    [],
  ],
  [
    "a deletion by a pattern",
    remove("refs/heads/release/1"),
    { protected: ["refs/heads/release/*"] },
    ["push-delete"],
  ],
  ["a protected name in other letters", make("refs/heads/MAIN"), {}, ["push-ref"]],
  ["a name outside of the patterns", make("refs/heads/a"), { refs: ["refs/heads/bot/*"] }, [
    "push-ref",
  ]],
  ["a name within the patterns", make("refs/heads/bot/a"), { refs: ["refs/heads/bot/*"] }, []],
  ["a note, whatever the patterns say", make("refs/notes/a"), { refs: ["refs/*"] }, ["push-ref"]],
  ["a name with a control character", make("refs/heads/a\x1b"), {}, ["push-ref"]],
];
for (const [name, command, rules, expected] of table) {
  Deno.test(`judgeRefs: ${name}: ${expected.join() || "passes"}`, () => {
    assert.deepEqual(reasons(command, rules), expected);
  });
}

Deno.test("judgeRefs refuses every push to a repository that takes none", () => {
  const of = (repo: Partial<GateRepo>): readonly string[] =>
    judgeRefs([make("refs/heads/a")], ruled({}, repo)).map(({ reason }) => reason);
  assert.deepEqual(of({ push: "deny" }), ["push-denied"]);
  assert.deepEqual(of({ push: "approve" }), ["push-approval"]);
  const https = { scheme: "https", host: "a", port: 443, path: "/a", username: "x" } as const;
  assert.deepEqual(of({ upstream: { ...https, token: null } }), ["push-denied"]);
  assert.deepEqual(of({ upstream: { ...https, token: "t" } }), []);
});

Deno.test("judgeRefs protects every branch where the upstream does not say which is its main one", () => {
  const repo = { ...ruled(), headBranch: undefined };
  const of = (command: RefCommand, from = repo): readonly string[] =>
    judgeRefs([command], from).map(({ reason }) => reason);
  assert.deepEqual(of(remove("refs/heads/main")), ["push-delete"]);
  assert.deepEqual(branchesToTrace([update("refs/heads/a")], repo).length, 1);
  assert.deepEqual(of(update("refs/heads/a")), []);
  assert.deepEqual(of(remove("refs/tags/v1")), []);
  const told = { ...ruled({ protected: [] }), headBranch: undefined };
  assert.deepEqual(of(remove("refs/heads/main"), told), []);
});

Deno.test("judgeRefs refuses a ref that is named twice, and too many", () => {
  const twice = judgeRefs([make("refs/heads/a"), remove("refs/heads/a")], ruled());
  assert.deepEqual(twice.map(({ ref, reason }) => [ref, reason]), [["refs/heads/a", "push-ref"]]);
  const many = Array.from({ length: MAX_PUSHED_REFS + 1 }, (_, n) => make(`refs/heads/${n}`));
  assert.deepEqual(judgeRefs(many, ruled()).map(({ reason }) => reason), ["push-too-big"]);
  assert.deepEqual(judgeRefs(many.slice(1), ruled()), []);
});

Deno.test("branchesToTrace names the branches that may not be forced, and no others", () => {
  const commands = [
    make("refs/heads/new"),
    update("refs/heads/main"),
    update("refs/heads/other"),
    remove("refs/heads/gone"),
    update("refs/tags/v1"),
  ];
  const traced = (rules: Partial<RepoRules>): readonly string[] =>
    branchesToTrace(commands, ruled(rules)).map(({ ref }) => ref);
  assert.deepEqual(traced({}), ["refs/heads/main"]);
  assert.deepEqual(traced({ protected: [] }), []);
  assert.deepEqual(traced({ force: false }), ["refs/heads/main", "refs/heads/other"]);
});

Deno.test("judgeForced says of a tag that it is moved", () => {
  assert.match(judgeForced("refs/tags/v1", ruled({ force: false }))[0]?.why ?? "", /moved/);
  assert.match(judgeForced("refs/heads/main", ruled())[0]?.why ?? "", /protected.*forced/);
});

Deno.test("judgeSize counts objects and bytes up to their bounds", () => {
  const rules = { ...DEFAULT_RULES, max_objects: 3, max_bytes: 2 * 1024 ** 2 };
  assert.deepEqual(judgeSize({ objects: 3, bytes: 2 * 1024 ** 2 }, rules), []);
  const both = judgeSize({ objects: 4, bytes: 2 * 1024 ** 2 + 1 }, rules);
  assert.deepEqual(both.map(({ reason, why }) => [reason, why]), [
    ["push-too-big", "it brings 4 objects, at most 3 go at once"],
    ["push-too-big", "its pack is bigger than 2 MiB"],
  ]);
  assert.deepEqual(judgeObjectSize(MAX_OBJECT_BYTES, A), []);
  assert.match(judgeObjectSize(MAX_OBJECT_BYTES + 1, A)[0]?.why ?? "", /^object a{40} has 100 MiB/);
});

Deno.test("judgeFindings tells what only a comment hides from what is open", () => {
  const finding = { rule: "x", kind: "file", path: "a", line: 1, object: "" } as const;
  const hidden = { ...finding, allowed_by_comment: true };
  assert.equal(judgeFindings([]), undefined);
  assert.equal(judgeFindings([hidden])?.reason, "push-allow-comment");
  assert.equal(judgeFindings([hidden, finding])?.reason, "push-secret");
});
