import assert from "node:assert/strict";
import { tableLines } from "../../../../cli/ui/table.ts";

const columns = [
  { title: "A", text: (row: readonly string[]): string => row[0] ?? "" },
  { title: "N", text: (row: readonly string[]): string => row[1] ?? "", align: "right" },
  { title: "REST", text: (row: readonly string[]): string => row[2] ?? "" },
] as const;

Deno.test("tableLines fits columns to their widest cell and trims line ends", () => {
  assert.deepEqual(tableLines(columns, [["long cell", "1", "x"], ["b", "1000", ""]], Infinity), [
    "A             N  REST",
    "long cell     1  x",
    "b          1000",
  ]);
});

Deno.test("tableLines cuts the last column to the width", () => {
  const lines = tableLines(columns, [["a", "1", "0123456789abcdef"]], 16);
  assert.deepEqual(lines.map((line) => line.length <= 16), [true, true]);
  assert.match(lines[1] ?? "", /0123456…$|01234567…$|…$/);
});

Deno.test("tableLines escapes what a terminal would obey", () => {
  const [, line = ""] = tableLines(columns, [["a\u001b]0;t\u0007", "\u202e", "\n"]], Infinity);
  assert.equal(line, "a\\x1b]0;t\\x07  \\u202e  \\x0a");
});

Deno.test("tableLines colours cells without counting the colour", () => {
  const tone = (cell: string): string => `<${cell}>`;
  const [, line] = tableLines(
    [{ title: "A", text: () => "x", tone }, {
      title: "B",
      text: () => "y",
    }],
    [0],
    80,
  );
  assert.equal(line, "<x>  y");
});
