import { deepEqual, throws } from "node:assert/strict";
import { parseEntryName } from "../../../../lib/archive/entry_name.ts";

Deno.test("parseEntryName gives a name's parts", () => {
  const cases: readonly [string, readonly string[]][] = [
    ["a/b", ["a", "b"]],
    ["./a//b/", ["a", "b"]],
    [".", []],
    ["./", []],
    ["...", ["..."]],
    ["a/..b/c..", ["a", "..b", "c.."]],
    ["ü\\..\\x", ["ü\\..\\x"]],
  ];
  for (const [name, parts] of cases) deepEqual(parseEntryName(name), parts, name);
});

Deno.test("parseEntryName refuses names that lead elsewhere", () => {
  const bad: readonly [string, RegExp][] = [
    ["", /no name/],
    ["/a", /absolute/],
    ["//a", /absolute/],
    ["..", /"\.\."/],
    ["a/../b", /"\.\."/],
    ["a/..", /"\.\."/],
    ["./../a", /"\.\."/],
    ["a\0b", /NUL/],
    ["x".repeat(4097), /too long/],
    ["ü".repeat(2049), /too long/],
  ];
  for (const [name, why] of bad) {
    throws(() => parseEntryName(name), (error) => {
      return error instanceof Error && why.test(error.message) && "code" in error &&
        error.code === "archive-unsafe";
    }, name.slice(0, 20));
  }
});
