import assert from "node:assert/strict";
import { parseCount } from "../../../../lib/manifest/count_size.ts";

Deno.test("parseCount reads whole numbers with k and m for thousands and millions", () => {
  const good: readonly (readonly [string, number])[] = [
    ["1", 1],
    ["500", 500],
    ["50k", 50_000],
    ["50K", 50_000],
    ["2m", 2_000_000],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ];
  for (const [text, count] of good) assert.equal(parseCount(text), count, text);
  const bad = ["", "0", "-1", "01", "1.5k", "k", "1 k", "1g", "1kk", "0x10", "1e3", "\u0661"];
  for (const text of [...bad, "9007199254740991k", "99999999999999999"]) {
    assert.equal(parseCount(text), undefined, text);
  }
});
