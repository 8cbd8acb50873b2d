import assert from "node:assert/strict";
import { compilePattern, findPatternFault } from "../../../../../lib/egress/route/pattern.ts";

Deno.test("compilePattern fits a whole text, and no part of one", () => {
  const fits = compilePattern("/v[0-9]+/(models|chat)");
  for (const text of ["/v1/models", "/v12/chat"]) assert.ok(fits(text), text);
  for (const text of ["/v1/models/", "x/v1/models", "/v1/model", "/v1/models\n", "/v/models"]) {
    assert.equal(fits(text), false, text);
  }
  assert.equal(compilePattern("a|b")("ab"), false);
  assert.equal(compilePattern("(?i)/A.c")("/abC"), true);
});

Deno.test("compilePattern takes a time that grows with the text and not with what it could mean", () => {
  // Each of them takes a backtracking matcher longer than the test could wait.
  for (const hostile of ["(a|a)*b", "(a*)*b", "(a+)+$b", "(.*)(.*)(.*)(.*)(.*)[^a]"]) {
    assert.equal(findPatternFault(hostile), undefined, hostile);
    assert.equal(compilePattern(hostile)("a".repeat(8_000)), false, hostile);
  }
});

Deno.test("compilePattern fits no text that is too long to be looked at", () => {
  const any = compilePattern(".*");
  assert.equal(any("a".repeat(8_192)), true);
  assert.equal(any("a".repeat(8_193)), false);
});

Deno.test("findPatternFault says what RE2 does not take, and what is too big", () => {
  const cases: [string, RegExp][] = [
    ["", /not empty/],
    ["(", /missing closing \)/],
    ["a\\1", /invalid escape sequence/],
    ["(?=a)", /unsupported Perl syntax/],
    ["(?<!a)b", /RE2 does not take it/],
    ["a{2,1}", /invalid repeat count/],
    ["ü", /visible ASCII/],
    ["a\nb", /visible ASCII/],
    ["a".repeat(1_025), /at most 1024 characters/],
    ["(a{100}){10}", /comes to 10[0-9]{2} instructions of RE2, and 500 are the most/],
    ["(a{1000}){1000}", /RE2 does not take it/],
  ];
  for (const [pattern, why] of cases) {
    assert.match(findPatternFault(pattern) ?? "none", why, pattern);
  }
  for (const fine of [".*", "/[^/]+", "(?i)x", "\\pL+"]) {
    assert.equal(findPatternFault(fine), undefined);
  }
});
