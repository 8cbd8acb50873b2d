import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { findRefNameFault, fitsRefPattern } from "../../../../lib/git_gate/ref_name.ts";

const good = [
  "refs/heads/main",
  "refs/heads/bot/fix-1",
  "refs/heads/a.b",
  "refs/heads/\u00e4",
  "refs/heads/@",
  "refs/heads/a/refs/heads/a",
  "refs/heads/refs",
  "refs/tags/v1.0",
  "refs/tags/HEAD",
  `refs/heads/${"a".repeat(239)}`,
];
for (const ref of good) {
  Deno.test(`findRefNameFault lets ${ref.slice(0, 40)} pass`, () => {
    assert.equal(findRefNameFault(ref), undefined);
  });
}

const bad: readonly (readonly [ref: string, why: RegExp])[] = [
  ["HEAD", /only refs\/heads/],
  ["main", /only refs\/heads/],
  ["refs/heads", /only refs\/heads/],
  ["refs/heads/", /only refs\/heads/],
  ["refs/headsx/a", /only refs\/heads/],
  ["refs/notes/commits", /only refs\/heads/],
  ["refs/replace/0000", /only refs\/heads/],
  ["refs/pull/1/head", /only refs\/heads/],
  ["refs/stash", /only refs\/heads/],
  ["REFS/heads/a", /only refs\/heads/],
  ["refs/heads/../../config", /no name that git allows/],
  ["refs/heads/a..b", /no name that git allows/],
  ["refs/heads/.a", /no name that git allows/],
  ["refs/heads/a/.b", /no name that git allows/],
  ["refs/heads/a//b", /no name that git allows/],
  ["refs/heads//a", /no name that git allows/],
  ["refs/heads/a/", /no name that git allows/],
  ["refs/heads/a.", /no name that git allows/],
  ["refs/heads/a.lock", /no name that git allows/],
  ["refs/heads/a.lock/b", /no name that git allows/],
  ["refs/heads/a@{1}", /no name that git allows/],
  ["refs/heads/a b", /no name that git allows/],
  ["refs/heads/a*", /no name that git allows/],
  ["refs/heads/a\\b", /no name that git allows/],
  ["refs/heads/a\x1b[2J", /can't be seen/],
  ["refs/heads/a\nb", /can't be seen/],
  ["refs/heads/\u202ea", /can't be seen/],
  ["refs/heads/a\u200b", /can't be seen/],
  ["refs/heads/\ufffd", /can't be seen/],
  ["refs/heads/-f", /begins with -/],
  ["refs/heads/a/--upload-pack=x", /begins with -/],
  ["refs/heads/HEAD", /hides what HEAD is/],
  ["refs/heads/refs/heads/main", /another ref's full name/],
  ["refs/tags/refs/heads/main", /another ref's full name/],
  [`refs/heads/${"a".repeat(240)}`, /longer than 250 bytes/],
  [`refs/heads/${"\u00e4".repeat(120)}`, /longer than 250 bytes/],
];
for (const [ref, why] of bad) {
  Deno.test(`findRefNameFault refuses ${JSON.stringify(ref).slice(0, 60)}`, () => {
    assert.match(findRefNameFault(ref) ?? "", why);
  });
}

const patterns: readonly (readonly [pattern: string, ref: string, fits: boolean])[] = [
  ["refs/heads/main", "refs/heads/main", true],
  ["refs/heads/main", "refs/heads/mainly", false],
  ["refs/heads/*", "refs/heads/a/b", true],
  ["refs/heads/bot/*", "refs/heads/bot/", true],
  ["refs/heads/bot/*", "refs/heads/bo/a", false],
  ["refs/heads/bot/*", "refs/heads/Bot/a", false],
  ["refs/*/v*", "refs/tags/v1", true],
  ["refs/*/v*", "refs/tags/1", false],
  ["refs/heads/*-fix", "refs/heads/-fix", true],
  ["refs/heads/a*a", "refs/heads/a", false],
  ["refs/heads/*a*a*", "refs/heads/xaxax", true],
  ["refs/heads/*a*a*", "refs/heads/xax", false],
];
for (const [pattern, ref, fits] of patterns) {
  Deno.test(`fitsRefPattern: ${pattern} ${fits ? "fits" : "does not fit"} ${ref}`, () => {
    assert.equal(fitsRefPattern(pattern, ref), fits);
  });
}

Deno.test("fitsRefPattern says what an expression of the same pattern says", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
  fc.assert(fc.property(text, text, (pattern, ref) => {
    const expression = new RegExp(`^${pattern.replaceAll("*", "[^]*")}$`);
    assert.equal(fitsRefPattern(pattern, ref), expression.test(ref));
  }));
});
