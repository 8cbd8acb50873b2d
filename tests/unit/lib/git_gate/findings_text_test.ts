import assert from "node:assert/strict";
import { findingLines } from "../../../../lib/git_gate/findings_text.ts";
import type { PushFinding } from "../../../../lib/git_gate/push_record.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";

function finding(changes: Partial<PushFinding>): PushFinding {
  return { rule: "jwt", kind: "file", path: "a.env", line: 3, object: ID, ...changes };
}

const places: readonly (readonly [Partial<PushFinding>, string])[] = [
  [{}, "a.env:3  jwt  commit 0123456789"],
  [{ what: "A Token" }, "a.env:3  jwt: A Token  commit 0123456789"],
  [{ allowed_by_comment: true }, "a.env:3  jwt  commit 0123456789  hidden by gitleaks:allow"],
  [{ kind: "note", path: "ab/cd" }, "note ab/cd:3  jwt  commit 0123456789"],
  [{ kind: "message", path: "message" }, "commit message, line 3  jwt  commit 0123456789"],
  [{ kind: "message", path: "push option", object: "" }, "push option  jwt"],
  [{ kind: "identity", path: "author" }, "author  jwt  commit 0123456789"],
  [{ kind: "tag", path: "refs/tags/v1" }, "tag refs/tags/v1, line 3  jwt  tag 0123456789"],
  [{ kind: "ref", path: "refs/heads/x", line: 0, object: "" }, "a ref's name  jwt"],
  [{ kind: "path", path: "(hidden)", line: 0 }, "a path's name  jwt  commit 0123456789"],
  [{ kind: "object", path: "" }, "an object that no commit names:3  jwt  object 0123456789"],
  [{ kind: "object", path: "gpgsig" }, "commit field gpgsig  jwt  object 0123456789"],
];

for (const [changes, line] of places) {
  Deno.test(`findingLines tells a place: ${line}`, () => {
    assert.equal(findingLines([finding(changes)])[0], `  ${line}`);
  });
}

Deno.test("findingLines tells no ref in whose name something was found", () => {
  const text = findingLines([finding({ kind: "ref", path: "refs/heads/SECRET" })]).join("\n");
  assert.doesNotMatch(text, /SECRET/);
});

Deno.test("findingLines tells a place once, and counts what it leaves out", () => {
  const many = Array.from({ length: 25 }, (_, at) => finding({ line: at + 1 }));
  const lines = findingLines([...many, ...many]);
  assert.equal(lines.filter((line) => line.includes("a.env:")).length, 20);
  assert.equal(lines[20], "  and 5 more");
});

Deno.test("findingLines escapes what a terminal obeys, and cuts long names", () => {
  const odd = findingLines([finding({ path: "a\x1b[2J\u202eb\n.txt", what: "x\x07" })]);
  assert.equal(odd[0], "  a\\x1b[2J\\u202eb\\x0a.txt:3  jwt: x\\x07  commit 0123456789");
  const [long = ""] = findingLines([finding({ path: "x".repeat(5_000) })]);
  assert.ok(long.length < 250);
});

Deno.test("findingLines says what to do by where things are", () => {
  const words = (kind: PushFinding["kind"]): string => findingLines([finding({ kind })]).join("\n");
  assert.match(words("file"), /git commit --amend.*\n.*git rebase -i/s);
  assert.match(words("tag"), /git tag -d/);
  assert.doesNotMatch(words("tag"), /rebase/);
  assert.match(words("ref"), /git branch -m/);
  assert.match(words("object"), /fresh clone/);
});
