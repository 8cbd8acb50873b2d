import assert from "node:assert/strict";
import {
  gitleaksConfig,
  ownKeywords,
  programKeywords,
} from "../../../../../sidecars/git_gate/scan/gitleaks_rules.ts";

const WORDS = Array.from({ length: 120 }, (_, at) => `Word${at}`);

function program(words: readonly string[]): Uint8Array {
  const rules = words.map((word) => `[[rules]]\nkeywords = [\n    "${word}","other",\n]\n`);
  return new TextEncoder().encode(`\x7fELF\0\xff${rules.join("\0")}`);
}

Deno.test("programKeywords reads the rules' keywords out of a program, each once", () => {
  const read = programKeywords(program(WORDS));
  assert.deepEqual(
    read.toSorted(),
    ["other", ...WORDS.map((word) => word.toLowerCase())].toSorted(),
  );
});

Deno.test("programKeywords takes no program that has no rules", () => {
  assert.throws(() => programKeywords(program(["one"])), { code: "scan-failed" });
  assert.throws(() => programKeywords(new Uint8Array()), { code: "scan-failed" });
});

Deno.test("gitleaksConfig extends gitleaks' own rules, and has the canary", (t) => {
  const config = gitleaksConfig("zq0123");
  assert.match(config, /^\[extend\]\nuseDefault = true\n/);
  assert.match(config, /regex = '''zq0123'''\nkeywords = \["zq0123"\]/);
  assert.doesNotMatch(config, /allowlist/);
  assert.ok(ownKeywords.every((word) => config.includes(word)), t.name);
});
