import assert from "node:assert/strict";
import { DiffLines } from "../../../../lib/workspace/diff_lines.ts";

Deno.test("DiffLines tells removed and added lines from headers that look the same", () => {
  const lines = new DiffLines();
  const table = [
    ["diff --git a/x b/x", "header"],
    ["--- a/x", "header"],
    ["+++ b/x", "header"],
    ["@@ -1,3 +1,3 @@ function", "hunk"],
    ["--- looks like a header", "removed"],
    ["+++ so does this", "added"],
    [" same", "plain"],
    ["-gone", "removed"],
    ["+@@ -1 +1 @@", "added"],
    ["\\ No newline at end of file", "plain"],
    ["@@ -9 +9 @@", "hunk"],
    ["-x", "removed"],
    ["+y", "added"],
    ["diff --git a/y b/y", "header"],
    ["new file mode 100644", "header"],
  ] as const;
  for (const [line, kind] of table) assert.equal(lines.kindOf(line), kind, line);
});
