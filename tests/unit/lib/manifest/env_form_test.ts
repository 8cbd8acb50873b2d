import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { parseEnvForm } from "../../../../lib/manifest/env_form.ts";

Deno.test("parseEnvForm tells the three forms apart", () => {
  assert.deepEqual(parseEnvForm("debug"), { kind: "literal", value: "debug" });
  assert.deepEqual(parseEnvForm(""), { kind: "literal", value: "" });
  assert.deepEqual(parseEnvForm("a$b $ 5$"), { kind: "literal", value: "a$b $ 5$" });
  assert.deepEqual(parseEnvForm("why?"), { kind: "literal", value: "why?" });
  assert.deepEqual(parseEnvForm("a\nb"), { kind: "literal", value: "a\nb" });
  assert.deepEqual(parseEnvForm("${BUILD_ID}"), { kind: "host", name: "BUILD_ID" });
  assert.deepEqual(parseEnvForm("${_x1}"), { kind: "host", name: "_x1" });
  assert.deepEqual(parseEnvForm("?Which ticket?"), { kind: "ask", question: "Which ticket?" });
  assert.deepEqual(parseEnvForm("?  Who "), { kind: "ask", question: "Who" });
});

Deno.test("parseEnvForm refuses what is half-way", () => {
  const bad: [text: string, why: RegExp][] = [
    ["${A}x", /mixes/],
    ["x${A}", /mixes/],
    ["${A}${B}", /mixes/],
    ["${A", /mixes/],
    ["$A", /mixes/],
    ["$HOME", /mixes/],
    ["?${A}", /mixes/],
    ["${}", /does not name/],
    ["${A:-b}", /does not name/],
    ["${1A}", /does not name/],
    ["${A B}", /does not name/],
    ["?", /asks nothing/],
    ["?  ", /asks nothing/],
    ["?a\nb", /asks nothing/],
    ["?\x1b[31m", /asks nothing/],
    ["a\0b", /NUL/],
  ];
  for (const [text, why] of bad) {
    const form = parseEnvForm(text);
    assert.ok(form.kind === "bad", JSON.stringify(text));
    assert.match(form.why, why, JSON.stringify(text));
    assert.notEqual(form.hint, "");
  }
});

Deno.test("parseEnvForm never interpolates: a literal is the text itself", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const form = parseEnvForm(text);
    if (form.kind === "literal") {
      assert.equal(form.value, text);
      assert.ok(!text.includes("${") && !text.startsWith("?"));
    }
  }));
});
