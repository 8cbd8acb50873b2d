import assert from "node:assert/strict";
import { walkFiles } from "../../support/suites/files.ts";

// A module that no test imports would be missing from the coverage instead of counting as not run.
Deno.test("each module of lib loads by itself", async () => {
  const files = await walkFiles("lib", /\.ts$/);
  assert.ok(files.length > 10);
  for (const file of files) await import(new URL(`../../../${file}`, import.meta.url).href);
});
