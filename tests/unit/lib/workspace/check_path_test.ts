import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { faultOfPath } from "../../../../lib/workspace/check_path.ts";

const unsafe = [
  "",
  "/etc/passwd",
  "a//b",
  "a/",
  ".",
  "..",
  "a/../b",
  "../up",
  "a/.. /b",
  "a\\..\\b",
  ".git",
  ".git/hooks/post-checkout",
  "a/.git/config",
  ".GIT",
  ".GiT/config",
  ".git ",
  ".git.",
  ".git. . ",
  ".git::$INDEX_ALLOCATION/config",
  ".git:stream",
  "GIT~1",
  "git~1/config",
  "git~2",
  "a\\.git\\config",
  ".g\u200cit",
  ".git\ufeff",
  "\u202e.git",
  ".g\u206fi\u206at/config",
  "．ｇｉｔ",
  "a\nb",
  "a\rb",
  "a\x1b[31mb",
  "a\x7fb",
  "a\u0085b",
  "a\u2028b",
  "\ud800",
  "x".repeat(256),
  "é".repeat(128),
  Array(129).fill("d").join("/"),
  Array(40).fill("d".repeat(110)).join("/"),
];

for (const path of unsafe) {
  Deno.test(`faultOfPath never allows ${JSON.stringify(path.slice(0, 40))}`, () => {
    assert.equal(faultOfPath(path)?.kind, "unsafe");
  });
}

const named = ["a\\b", "C:", "c:/x", "C:x", "invoice\u202efdp.exe", "\u2066a"];

for (const path of named) {
  Deno.test(`faultOfPath asks about ${JSON.stringify(path)}`, () => {
    assert.deepEqual(
      [faultOfPath(path)?.kind, faultOfPath(path)?.isExcusable],
      ["names", true],
    );
  });
}

const fine = [
  "a",
  "src/main.ts",
  ".github/workflows/ci.yml",
  ".gitignore",
  ".gitattributes",
  ".gitmodules",
  "git",
  "agit~1b",
  "git~",
  "a.git/HEAD",
  "x..y/...",
  "-rf",
  "ファイル.txt",
  "naïve café.md",
  "a b/c d",
  "~/x",
  "$HOME",
  "foo:bar",
  "con",
  "x".repeat(255),
  Array(128).fill("d").join("/"),
];

for (const path of fine) {
  Deno.test(`faultOfPath lets ${JSON.stringify(path.slice(0, 40))} pass`, () => {
    assert.equal(faultOfPath(path), undefined);
  });
}

Deno.test("faultOfPath finds .git in any case, with anything that HFS+ ignores, and anything that NTFS leaves out", () => {
  const ignored = fc.array(fc.constantFrom("\u200c", "\u200d", "\u202a", "\u206c", "\ufeff"))
    .map((marks) => marks.join(""));
  const letter = (each: string): fc.Arbitrary<string> =>
    fc.tuple(fc.constantFrom(each, each.toUpperCase()), ignored).map((pair) => pair.join(""));
  const name = fc.tuple(
    ignored,
    fc.constant("."),
    letter("g"),
    letter("i"),
    letter("t"),
    fc.array(fc.constantFrom(" ", ".")).map((tail) => tail.join("")),
    fc.constantFrom("", ":", "::$INDEX_ALLOCATION"),
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(name, fc.constantFrom("", "a/", "a/b/"), (git, before) => {
    assert.equal(faultOfPath(`${before}${git}/x`)?.kind, "unsafe");
  }));
});
