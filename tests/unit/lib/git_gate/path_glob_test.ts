import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { compilePathGlob } from "../../../../lib/git_gate/path_glob.ts";

const cases: readonly (readonly [glob: string, path: string, fits: boolean])[] = [
  [".github/workflows/**", ".github/workflows/ci.yml", true],
  [".github/workflows/**", ".github/workflows/a/b/c", true],
  [".github/workflows/**", "x/.github/workflows/ci.yml", false],
  [".github/workflows/**", ".github/workflowsx/ci.yml", false],
  [".github/workflows/**", ".GitHub/Workflows/CI.yml", true],
  // A link in a folder's place.
  [".github/workflows/**", ".github/workflows", true],
  [".github/workflows/**", ".github", true],
  [".github/workflows/**", ".git", false],
  ["a/*.yml", "a", true],
  ["*/b", "x", false],
  ["**/b", "x", false],
  ["**/hooks/**", "a/hooks", true],
  ["*/**", "x", false],
  ["**/Jenkinsfile", "Jenkinsfile", true],
  ["**/Jenkinsfile", "a/b/Jenkinsfile", true],
  ["**/Jenkinsfile", "a/Jenkinsfile/b", false],
  ["a/**/z", "a/z", true],
  ["a/**/z", "a/b/c/z", true],
  ["a/**/z", "a/b/zz", false],
  ["**", "anything/at/all", true],
  ["*.yml", "a.yml", true],
  ["*.yml", "b/a.yml", false],
  ["*.yml", ".yml", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a?c", "a/c", false],
  ["a*", "a", true],
  ["a**b", "axxb", true],
  ["a**b", "a/b", false],
  ["x/**/y/**", "x/y", true],
  ["x/**/y/**", "x/1/y/2", true],
  ["[a]", "a", false],
  ["[a]", "[a]", true],
];
for (const [glob, path, fits] of cases) {
  Deno.test(`compilePathGlob: ${glob} ${fits ? "fits" : "does not fit"} ${path}`, () => {
    assert.equal(compilePathGlob(glob)(path), fits);
  });
}

/** What a reader would write down: folders of the glob by its letters, or the whole of it as an expression. */
function expected(glob: string, path: string): boolean {
  const segments = glob.split("/");
  const plain = segments.slice(0, path.split("/").length);
  const isFolder = plain.length < segments.length && plain.join("/") === path &&
    !/[*?]/.test(path);
  const inPlace = segments.slice(0, -1).join("/");
  if (segments.at(-1) === "**" && /[^*?]/.test(segments.at(-2) ?? "") && expected(inPlace, path)) {
    return true;
  }
  const expression = segments.map((segment, at) => {
    if (segment === "**") {
      return at === segments.length - 1 ? "(?:[^/]*(?:/[^/]*)*)" : "(?:[^/]*/)*";
    }
    const text = segment.replaceAll("?", "[^/]").replaceAll(/\*+/g, "[^/]*");
    return at === segments.length - 1 ? text : `${text}/`;
  }).join("");
  return isFolder || new RegExp(`^${expression}$`).test(path);
}

Deno.test("compilePathGlob says what an expression of the same glob says", () => {
  const part = fc.constantFrom("a", "b", "*", "**", "a*", "?", "*b");
  const glob = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  const path = fc.array(fc.constantFrom("a", "b", "ab", "ba"), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/"));
  fc.assert(
    fc.property(glob, path, (glob, path) => {
      assert.equal(compilePathGlob(glob)(path), expected(glob, path), `${glob} ${path}`);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("compilePathGlob gets through what makes others try every way", () => {
  const fits = compilePathGlob(`${"**/".repeat(40)}${"a*".repeat(60)}b`);
  assert.equal(fits(`${"x/".repeat(200)}${"a".repeat(2_000)}`), false);
});
