import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { escapeControl } from "../../../../lib/egress/escape.ts";

Deno.test("escapeControl writes what could trick a terminal or a reader in ASCII", () => {
  const cases: [string, string][] = [
    ["plain ü 漢 🙂", "plain ü 漢 🙂"],
    ["\x1b[31m", "\\x1b[31m"],
    ["\x1b]52;c;x\x07", "\\x1b]52;c;x\\x07"],
    ["a\r\n\tb\0", "a\\x0d\\x0a\\x09b\\x00"],
    ["\x7f\x9b", "\\x7f\\x9b"],
    ["\u202eabc\u2066", "\\u202eabc\\u2066"],
    ["a\u200b\u200d\ufeff\u00ad", "a\\u200b\\u200d\\ufeff\\xad"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\ud800x", "\\ud800x"],
  ];
  for (const [text, shown] of cases) assert.equal(escapeControl(text), shown);
});

Deno.test("escapeControl leaves nothing to escape", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const once = escapeControl(text);
    assert.equal(escapeControl(once), once);
    assert.doesNotMatch(once, /\p{Cc}/u);
  }));
});
