import assert from "node:assert/strict";
import { parseHost } from "../../../../../lib/egress/host/host.ts";
import {
  isAbove,
  matchHost,
  parseHostPattern,
  printHostPattern,
} from "../../../../../lib/egress/host/host_pattern.ts";

function matches(pattern: string, text: string): boolean {
  const parsed = parseHostPattern(pattern);
  const host = parseHost(text);
  assert.ok(parsed.kind !== "bad" && host.kind !== "bad", `${pattern} ${text}`);
  return matchHost(parsed, host);
}

Deno.test("parseHostPattern takes exact hosts and wildcards over whole labels", () => {
  const cases: [string, string][] = [
    ["Example.com.", "example.com"],
    ["*.Example.com", "*.example.com"],
    ["*.xn--bcher-kva.example", "*.xn--bcher-kva.example"],
    ["10.0.0.1", "10.0.0.1"],
    ["[::1]", "[::1]"],
  ];
  for (const [text, printed] of cases) {
    const pattern = parseHostPattern(text);
    assert.equal(pattern.kind !== "bad" && printHostPattern(pattern), printed, text);
  }
});

Deno.test("parseHostPattern refuses wide, inner and broken wildcards", () => {
  const bad = [
    ["", "*", "*.", "*.com", "*com", "*example.com", "a.*.com", "a*.com", "**.a.com", "*.*.a.com"],
    [
      "*.10.0.0.1",
      "*.[::1]",
      "*.a b.com",
      "*.127.1",
      "::1",
      "https://a.com",
      "a.com/x",
      "*..a.com",
    ],
  ].flat();
  for (const text of bad) assert.equal(parseHostPattern(text).kind, "bad", text);
});

Deno.test("matchHost refuses a suffix off a label boundary, and the apex", () => {
  assert.ok(matches("*.example.com", "a.example.com"));
  assert.ok(matches("*.example.com", "a.b.EXAMPLE.com."));
  for (
    const text of ["example.com", "evil-example.com", "evilexample.com", "a.example.com.evil.com"]
  ) {
    assert.equal(matches("*.example.com", text), false, text);
    assert.equal(matches("a.example.com", text), false, text);
  }
  assert.ok(matches("example.com", "example.com"));
});

Deno.test("matchHost compares addresses by value and never by suffix", () => {
  assert.ok(matches("[::1]", "[0:0::1]"));
  assert.equal(matches("127.0.0.1", "[::ffff:127.0.0.1]"), false);
  assert.equal(matches("*.example.com", "1.2.3.4"), false);
});

Deno.test("isAbove holds below a wildcard, by whole labels, and not for the wildcard itself", () => {
  const below = ["a.b.test", "x.a.b.test", "*.a.b.test"];
  for (const host of below) assert.ok(isAbove("*.b.test", host), host);
  for (const host of ["b.test", "*.b.test", "ab.test", "*.test", "a.b.test.evil"]) {
    assert.equal(isAbove("*.b.test", host), false, host);
  }
  assert.equal(isAbove("b.test", "a.b.test"), false);
});
