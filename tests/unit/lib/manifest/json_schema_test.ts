import assert from "node:assert/strict";
import { manifestJsonSchema } from "../../../../lib/manifest/json_schema.ts";

Deno.test("manifestJsonSchema prints a bottle's schema", async (t) => {
  await t.assertSnapshot(manifestJsonSchema("bottle"));
});

Deno.test("manifestJsonSchema prints an agent's schema", async (t) => {
  await t.assertSnapshot(manifestJsonSchema("agent"));
});

Deno.test("manifestJsonSchema allows no unknown key anywhere but in env and among repos", () => {
  const open: string[] = [];
  const walk = (part: unknown, path: string): void => {
    if (typeof part !== "object" || part === null) return;
    if ("type" in part && part.type === "object") {
      const isOpen = !("additionalProperties" in part) || part.additionalProperties !== false;
      if (isOpen) open.push(path);
    }
    for (const [key, value] of Object.entries(part)) walk(value, `${path}/${key}`);
  };
  walk(manifestJsonSchema("bottle"), "");
  walk(manifestJsonSchema("agent"), "");
  assert.deepEqual(open, ["/properties/env", "/properties/git-gate/properties/repos"]);
});
