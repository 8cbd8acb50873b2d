import assert from "node:assert/strict";
import { parseByteSize } from "../../../../lib/manifest/byte_size.ts";

Deno.test("parseByteSize counts in 1024s", () => {
  assert.equal(parseByteSize("1k"), 1024);
  assert.equal(parseByteSize("512m"), 536_870_912);
  assert.equal(parseByteSize("4g"), 4_294_967_296);
  assert.equal(parseByteSize("4G"), 4_294_967_296);
});

Deno.test("parseByteSize refuses what is no whole number with a unit", () => {
  const bad = [
    "",
    "4",
    "4gb",
    "4 g",
    "-4g",
    "0g",
    "04g",
    "1.5g",
    "g",
    "4t",
    "9007199254740993g",
    "4g\n",
  ];
  for (const text of bad) assert.equal(parseByteSize(text), undefined, JSON.stringify(text));
});
