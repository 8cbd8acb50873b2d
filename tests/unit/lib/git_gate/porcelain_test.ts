import assert from "node:assert/strict";
import { parsePorcelain } from "../../../../lib/git_gate/porcelain.ts";

Deno.test("parsePorcelain reads what git says of each ref", () => {
  const text = [
    "To upstream:/srv/git/widget.git",
    " \taaa:refs/heads/main\t1234567..89abcde",
    "+\taaa:refs/heads/forced\t1234567...89abcde (forced update)",
    "-\t:refs/heads/gone\t[deleted]",
    "*\taaa:refs/heads/new\t[new branch]",
    "*\taaa:refs/tags/new\t[new tag]",
    "=\taaa:refs/heads/same\t[up to date]",
    "!\taaa:refs/heads/a\t[remote rejected] (hook declined)",
    "!\taaa:refs/heads/b\t[rejected] (stale info)",
    "!\taaa:refs/heads/c\t[remote rejected] (a (b) c)",
    "!\taaa:refs/heads/d\t[remote failure] (remote failed to report status)",
    "!\taaa:refs/heads/e\t[rejected] (atomic push failed)",
    "!\taaa:refs/heads/f\t[no match]",
    "!\taaa:refs/heads/g\tno brackets",
    "Done",
    "",
  ].join("\n");
  assert.deepEqual(parsePorcelain(text).map(({ ref, refusal }) => [ref.slice(5), refusal]), [
    ["heads/main", undefined],
    ["heads/forced", undefined],
    ["heads/gone", undefined],
    ["heads/new", undefined],
    ["tags/new", undefined],
    ["heads/same", undefined],
    ["heads/a", "hook declined"],
    ["heads/b", "fetch first"],
    ["heads/c", "a (b) c"],
    ["heads/d", "remote failed to report status"],
    ["heads/e", "atomic push failed"],
    ["heads/f", "no match"],
    ["heads/g", "no brackets"],
  ]);
});

Deno.test("parsePorcelain takes nothing else for a ref", () => {
  for (const text of ["", "Done\n", "x\ta:refs/heads/a\tb\n", "fatal: no\n", "!\trefs/heads/a\n"]) {
    assert.deepEqual(parsePorcelain(text), []);
  }
});
