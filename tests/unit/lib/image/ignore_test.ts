import assert from "node:assert/strict";
import { parseIgnore } from "../../../../lib/image/ignore.ts";

Deno.test("parseIgnore matches as Docker's client does", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["node_modules", ["node_modules", "node_modules/a/b"], ["a/node_modules", "node_modules2"]],
    ["/a/", ["a", "a/b"], ["b/a"]],
    ["**/x", ["x", "a/x", "a/b/x", "a/x/y"], ["ax", "xa"]],
    ["a/**", ["a/b", "a/b/c"], ["a", "b"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb"]],
    ["*.log", ["a.log"], ["a/b.log", "a.logs"]],
    ["**/*.log", ["a.log", "a/b.log"], ["a.logx"]],
    ["a?c", ["abc"], ["ac", "a/c", "abbc"]],
    ["[ab].txt", ["a.txt", "b.txt"], ["c.txt"]],
    ["[^ab].txt", ["c.txt"], ["a.txt"]],
    ["[a-c]x", ["bx"], ["dx"]],
    ["a\\*b", ["a*b"], ["axb"]],
    ["a.b+c(d)", ["a.b+c(d)"], ["aXb+c(d)"]],
    ["./a/../b", ["b"], ["a"]],
    ["*", ["a", "a/b", ".x"], []],
    ["# a\n\n  b  ", ["b"], ["a", "# a"]],
    ["a\n!a/keep\n", ["a", "a/x"], ["a/keep", "a/keep/y"]],
    ["*\n!b\nb/c", ["a", "b/c"], ["b", "b/d"]],
    ["!a", [], ["a"]],
    ["[", ["["], ["a"]],
    ["a\r\nb\r\n", ["a", "b"], ["c"]],
    ["\ufeffa", ["a"], ["b"]],
  ];
  for (const [text, ignored, taken] of cases) {
    const rules = parseIgnore(text);
    for (const path of ignored) assert.ok(rules.ignores(path), `${JSON.stringify(text)}: ${path}`);
    for (const path of taken) assert.ok(!rules.ignores(path), `${JSON.stringify(text)}: ${path}`);
  }
});

Deno.test("parseIgnore tells whether a folder that is left out must be looked into", () => {
  assert.equal(parseIgnore("a\nb").hasExceptions, false);
  assert.equal(parseIgnore("a\n!a/b").hasExceptions, true);
});

Deno.test("parseIgnore throws for a class that is none", () => {
  assert.throws(() => parseIgnore("[z-a]"), SyntaxError);
});
