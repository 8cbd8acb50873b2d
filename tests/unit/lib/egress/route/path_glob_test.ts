import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { findGlobFault, matchGlob } from "../../../../../lib/egress/route/path_glob.ts";

const cases: readonly (readonly [pattern: string, fits: string[], others: string[]])[] = [
  [
    "/*/*/info/refs",
    ["/a/b/info/refs", "/a/b.git/info/refs"],
    [
      "/a/info/refs",
      "/a/b/c/info/refs",
      "/a//info/refs",
      "//b/info/refs",
      "/a/b/info/refs/",
      "/a/b/info/refsx",
      "/a/b/Info/refs",
      "/x/a/b/info/refs",
    ],
  ],
  [
    "/*/**/*.git/info/refs",
    ["/a/b.git/info/refs", "/a/b/c/d.git/info/refs", "/a/.git/info/refs"],
    ["/b.git/info/refs", "/a/b/info/refs", "/a/b.git/x/info/refs", "/a/b.gitx/info/refs"],
  ],
  [
    "/*/*/archive/**",
    ["/a/b/archive", "/a/b/archive/", "/a/b/archive/refs/tags/v1.tar.gz"],
    ["/a/archive/x", "/a/b/archives/x", "/a/b/c/archive/x"],
  ],
  ["/**/-/raw/**", ["/-/raw/", "/a/b/-/raw/main/x", "/-/raw/-/raw"], ["/a/b/raw/x", "/a/-/rawx"]],
  ["/**", ["/", "/a", "/a/b/", "/a/b/c"], []],
  ["/*", ["/a", "/a.b"], ["/", "/a/", "/a/b"]],
  ["/v*.*/x", ["/v1.2/x", "/v./x", "/v1.2.3/x"], ["/v1/x", "/1.2/x", "/v1.2/y", "/v1/2./x"]],
  ["/a/**/b", ["/a/b", "/a/x/b", "/a/b/b"], ["/a", "/a/bb", "/a/b/x", "/ab"]],
  ["/asset*/x", ["/asset/x", "/asset-1/x"], ["/asse/x", "/asset/1/x"]],
];

for (const [pattern, fits, others] of cases) {
  Deno.test(`matchGlob compares ${pattern} segment by segment`, () => {
    for (const path of fits) assert.ok(matchGlob(pattern, path), path);
    for (const path of others) assert.equal(matchGlob(pattern, path), false, path);
  });
}

/** The same by another way: a regular expression that this test writes. */
function oracle(pattern: string): RegExp {
  const text = pattern.split("/").slice(1).map((segment) => {
    if (segment === "**") return "(?:/[^/]*)*";
    if (segment === "*") return "/[^/]+";
    return `/${segment.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}`;
  }).join("");
  return new RegExp(`^${text}$`);
}

Deno.test("matchGlob decides as an expression with the same meaning does", () => {
  const segment = fc.constantFrom("", "a", "b", "ab", "a.b", "aab");
  const wanted = fc.constantFrom("*", "**", "a", "ab", "a*", "*b", "a*b", "*.*");
  const paths = fc.array(segment, { minLength: 1, maxLength: 7 });
  const patterns = fc.array(wanted, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(patterns, paths, (pattern, path) => {
      const [glob, text] = [`/${pattern.join("/")}`, `/${path.join("/")}`];
      assert.equal(matchGlob(glob, text), oracle(glob).test(text), `${glob} on ${text}`);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("matchGlob comes to an end with a path that is made to mislead it", () => {
  const path = `/${"a/".repeat(4_000)}${"a".repeat(4_000)}`;
  assert.equal(matchGlob("/**/a/**/a/**/a*a*a*a*a*b/**/c", path), false);
});

Deno.test("findGlobFault says what is no pattern", () => {
  for (const pattern of ["/*", "/**", "/a/**/*.b", "/a*b*c"]) {
    assert.equal(findGlobFault(pattern), undefined, pattern);
  }
  assert.match(findGlobFault("/a") ?? "", /without one/);
  for (const pattern of ["/a**", "/**a", "/***", "/x/**.git"]) {
    assert.match(findGlobFault(pattern) ?? "", /whole segments/, pattern);
  }
});
