import assert from "node:assert/strict";
import { auditMarks } from "../../../../../lib/egress/audit/audit_mark.ts";

Deno.test("auditMarks has each mark that the documentation has, and no other", async () => {
  const text = await Deno.readTextFile(new URL("../../../../../docs/audit.md", import.meta.url));
  const [, table = ""] = text.split("| mark | says |");
  const [rows = ""] = table.split("\n\n");
  const documented = [...rows.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, mark]) => mark);
  assert.deepEqual(documented, Object.keys(auditMarks));
});
