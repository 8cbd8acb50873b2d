import assert from "node:assert/strict";
import { faultOfLink, linkLookup } from "../../../../lib/workspace/check_link.ts";

const table: readonly [path: string, target: string, why: string | undefined][] = [
  ["a", "b", undefined],
  ["a", "b/../c", undefined],
  ["a/b", "../c", undefined],
  ["a/b/c", "../../d", undefined],
  ["a", ".", undefined],
  ["a", "nowhere", undefined],
  ["a", "..", "leads out of the tree"],
  ["a", "../x", "leads out of the tree"],
  ["a/b", "../../x", "leads out of the tree"],
  ["a", "b/../../x", "leads out of the tree"],
  ["a", "/etc/passwd", "leads to an absolute path"],
  ["a", "//host/share", "leads to an absolute path"],
  ["a", "C:/x", "leads to an absolute path"],
  ["a", "c:x", "leads to an absolute path"],
  ["a", "\\\\host\\share", "leads to an absolute path"],
  ["a", "..\\x", "leads out of the tree"],
  ["a", "", "leads out of the tree"],
  ["a", "b\0c", "leads out of the tree"],
  ["hooks", ".git/hooks", `leads into ".git"`],
  ["a/hooks", "../.GIT/hooks", `leads into ".git"`],
  ["a", "git~1\\hooks", `leads into ".git"`],
  ["a", "x".repeat(5000), "says more than a link can"],
];

for (const [path, target, why] of table) {
  Deno.test(`faultOfLink of ${path} -> ${JSON.stringify(target.slice(0, 30))}`, () => {
    assert.equal(faultOfLink(path, target, new Map()), why);
  });
}

Deno.test("faultOfLink follows the tree's other links", () => {
  const links = new Map([
    ["a/up", ".."],
    ["top", "."],
    ["loop", "loop"],
    ["out", "/etc"],
    ["deep", "a/b/c"],
  ]);
  assert.equal(faultOfLink("x/y", "../a/up/..", links), "leads out of the tree");
  assert.equal(faultOfLink("x", "top/..", links), "leads out of the tree");
  assert.equal(faultOfLink("x", "loop/y", links), "leads out of the tree");
  assert.equal(faultOfLink("x", "out/passwd", links), "leads out of the tree");
  assert.equal(faultOfLink("x", "deep/../../..", links), undefined);
  assert.equal(faultOfLink("x", "deep/../../../..", links), "leads out of the tree");
  assert.equal(faultOfLink("x", "top/top/a", links), undefined);
});

Deno.test("faultOfLink follows other links in any case and form, as some file systems do", () => {
  const links = linkLookup(new Map([["dir/Up", ".."], ["caf\u00e9", "."]]));
  assert.equal(faultOfLink("x", "dir/up/..", links), "leads out of the tree");
  assert.equal(faultOfLink("x", "DIR/UP/file", links), undefined);
  assert.equal(faultOfLink("x", "cafe\u0301/..", links), "leads out of the tree");
});
