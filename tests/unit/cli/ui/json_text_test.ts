import assert from "node:assert/strict";
import { jsonText } from "../../../../cli/ui/json_text.ts";

Deno.test("jsonText lets no terminal obey a text, and changes none", () => {
  const value = { path: "a\x1b[2J\x9b2J\x7f\u202e\u2028\u{e0001}é😀" };
  const text = jsonText(value, 2);
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /^\{\n {2}"path": "a[ -~é😀]*"\n\}\n$/u);
  assert.equal(jsonText([1]), "[1]\n");
});
