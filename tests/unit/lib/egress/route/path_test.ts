import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  findPathFault,
  matchPath,
  parsePath,
  type RequestPath,
} from "../../../../../lib/egress/route/path.ts";

function parse(target: string): RequestPath {
  const parsed = parsePath(target);
  assert.ok(parsed.kind === "path", target);
  return parsed;
}

Deno.test("parsePath brings escapes into their normal form and leaves the query alone", () => {
  const cases: [string, string, string | undefined][] = [
    ["/", "/", undefined],
    ["/?", "/", ""],
    ["/a%7eb/%41%2d%5f%2E5x", "/a~b/A-_.5x", undefined],
    ["/a%c3%bc?q=%c3%bc&r=../..", "/a%C3%BC", "q=%c3%bc&r=../.."],
    ["/@scope%2fname", "/@scope%2Fname", undefined],
    ["/a?b?c", "/a", "b?c"],
  ];
  for (const [target, path, query] of cases) {
    const parsed = parse(target);
    assert.deepEqual([parsed.path, parsed.query], [path, query], target);
  }
});

Deno.test("parsePath names why a path can be read in two ways", () => {
  const cases: [string, RegExp][] = [
    ["/a/../b", /dot segment/],
    ["/a/..", /dot segment/],
    ["/./a", /dot segment/],
    ["/a/%2e%2e/b", /dot segment/],
    ["/a/.%2E/b", /dot segment/],
    ["/a/..%3f/b", /dot segment/],
    ["/a/%2e%2e%23", /dot segment/],
    ["/a/..%20/b", /dot segment/],
    ["/a//b", /empty segment/],
    ["//a", /empty segment/],
    ["/a/..;/b", /semicolon/],
    ["/a;x=1/b", /semicolon/],
    ["/a%3bx", /semicolon/],
    ["/a%2Fb", /slash/],
    ["/a%2f..%2fb", /slash/],
    ["/a%5cb", /slash/],
    ["/a\\b", /slash/],
    ["/a%", /percent/],
    ["/a%2", /percent/],
    ["/a%zz", /percent/],
    ["/a%252e%252e/b", /escape inside/],
    ["/a%25%32%66b", /percent|escape inside/],
    ["/a/%c0%ae%c0%ae/b", /no UTF-8/],
    ["/a/%e0%80%ae/b", /no UTF-8/],
    ["/a/%f0%80%80%af/b", /no UTF-8/],
    ["/a/%ff/b", /no UTF-8/],
    ["/a%00b", /control/],
    ["/a%0d%0ab", /control/],
    ["/a%7f", /control/],
  ];
  for (const [target, why] of cases) assert.match(parse(target).ambiguity ?? "none", why, target);
});

Deno.test("parsePath finds nothing ambiguous in ordinary paths", () => {
  const plain = [
    "/",
    "/a/",
    "/a.b/..c/d..",
    "/...",
    "/a%20b",
    "/a%C3%BC",
    "/%E0%A4%95%F0%9F%98%80",
    "/~u/@s/x:y,z=1!$'()*+",
    "/a?x=//../;%2F",
  ];
  for (const target of plain) assert.equal(parse(target).ambiguity, undefined, target);
});

Deno.test("parsePath refuses what no request line may hold", () => {
  const bad = [
    "",
    "a",
    "?a",
    "*",
    "http://a/",
    "/a b",
    "/a\tb",
    "/a\r\nb",
    "/a\0",
    "/a#b",
    "/ü",
    "/a?ü",
    "/a?b#c",
    "/\x7f",
  ];
  for (const target of bad) assert.equal(parsePath(target).kind, "bad", JSON.stringify(target));
});

Deno.test("parsePath of a normal form is the same path", () => {
  const target = fc.string({ unit: fc.constantFrom(..."/%2eEfF5cC7aA~.;\\?x"), maxLength: 24 }).map(
    (t) => `/${t}`,
  );
  fc.assert(fc.property(target, (text) => {
    const { path, ambiguity } = parse(text);
    const again = parse(path);
    // A decoded character may complete another escape: then it was ambiguous before.
    if (ambiguity === undefined) assert.deepEqual([again.path, again.ambiguity], [path, undefined]);
    else assert.notEqual(again.ambiguity, undefined);
  }));
});

Deno.test("matchPath holds a prefix by whole segments", () => {
  for (const value of ["/repos", "/repos/"]) {
    for (const path of ["/repos", "/repos/", "/repos/x", "/repos/x/y"]) {
      assert.ok(matchPath({ type: "prefix", value }, path), `${value} ${path}`);
    }
    for (const path of ["/", "/repo", "/reposx", "/reposx/y", "/x/repos", "/Repos", "/repos%2Fx"]) {
      assert.equal(matchPath({ type: "prefix", value }, path), false, `${value} ${path}`);
    }
  }
  assert.ok(matchPath({ type: "prefix", value: "/" }, "/anything"));
});

Deno.test("matchPath holds an exact path to the letter", () => {
  assert.ok(matchPath({ type: "exact", value: "/v1/messages" }, "/v1/messages"));
  for (const path of ["/v1/messages/", "/v1/message", "/v1/Messages", "/v1/messages/x"]) {
    assert.equal(matchPath({ type: "exact", value: "/v1/messages" }, path), false, path);
  }
});

Deno.test("matchPath gives stars a meaning in a glob only", () => {
  assert.ok(matchPath({ type: "glob", value: "/*/x" }, "/a/x"));
  assert.equal(matchPath({ type: "glob", value: "/*/x" }, "/a/x/y"), false);
  assert.equal(matchPath({ type: "exact", value: "/*/x" }, "/a/x"), false);
  assert.equal(matchPath({ type: "prefix", value: "/*" }, "/a/x"), false);
});

Deno.test("matchPath agrees with comparing lists of segments", () => {
  const segments = fc.array(fc.constantFrom("a", "b", "ab", "a.b"), { maxLength: 4 });
  const write = (parts: readonly string[], isSlashed: boolean): string =>
    `/${parts.join("/")}${isSlashed && parts.length > 0 ? "/" : ""}`;
  fc.assert(
    fc.property(segments, segments, fc.boolean(), fc.boolean(), (prefix, path, slash1, slash2) => {
      const expected = prefix.every((segment, index) => path[index] === segment);
      const value = write(prefix, slash1);
      assert.equal(matchPath({ type: "prefix", value }, write(path, slash2)), expected);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("findPathFault takes normal forms only", () => {
  assert.equal(findPathFault({ type: "prefix", value: "/repos/" }), undefined);
  assert.equal(findPathFault({ type: "exact", value: "/@a%2Fb" }), undefined);
  assert.equal(findPathFault({ type: "glob", value: "/*/**" }), undefined);
  const bad: ["prefix" | "exact" | "glob", string, RegExp][] = [
    ["prefix", "repos", /begins with a slash/],
    ["prefix", "/a b", /visible ASCII/],
    ["exact", "/a?b", /no query/],
    ["exact", "/%7Ea", /normal form is "\/~a"/],
    ["exact", "/a%2fb", /normal form is "\/a%2Fb"/],
    ["prefix", "/a/../b", /dot segment/],
    ["prefix", "/a%2Fb", /slash/],
    ["glob", "/*%2Fb", /slash/],
    ["glob", "*/b", /begins with a slash/],
    ["glob", "/a", /without one/],
  ];
  for (const [type, value, why] of bad) {
    assert.match(findPathFault({ type, value }) ?? "none", why, value);
  }
});
