import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { parseAuthority, printAuthority } from "../../../../../lib/egress/host/authority.ts";
import { printHost } from "../../../../../lib/egress/host/host.ts";

const good: readonly (readonly [text: string, host: string, port: number | undefined])[] = [
  ["example.com", "example.com", undefined],
  ["EXAMPLE.com.:443", "example.com", 443],
  ["192.0.2.1:80", "192.0.2.1", 80],
  ["[2001:db8::1]", "[2001:db8::1]", undefined],
  ["[2001:DB8::1]:65535", "[2001:db8::1]", 65535],
];

for (const [text, host, port] of good) {
  Deno.test(`parseAuthority of ${text}`, () => {
    const parsed = parseAuthority(text);
    assert.ok(!("kind" in parsed));
    assert.equal(printHost(parsed.host), host);
    assert.equal(parsed.port, port);
  });
}

for (
  const text of [
    "",
    ":443",
    "a:",
    "a:0",
    "a:065",
    "a:+443",
    "a:443 ",
    "a: 443",
    "a:65536",
    "a:443:443",
    "a:0x1bb",
    "u@a",
    "u:p@a:443",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a b",
    "a%00",
    "a\0",
    "_a",
    "2001:db8::1",
    "[::1]x:443",
    "[::1",
    "[::1]]:443",
    "a\uff0ecom",
  ]
) {
  Deno.test(`parseAuthority refuses ${JSON.stringify(text)}`, () => {
    assert.ok("kind" in parseAuthority(text));
  });
}

Deno.test("parseAuthority reads back what printAuthority writes", () => {
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(fc.property(fc.constantFrom("a.test", "192.0.2.1", "[::1]"), port, (text, port) => {
    const parsed = parseAuthority(text);
    assert.ok(!("kind" in parsed));
    const again = parseAuthority(printAuthority(parsed.host, port, "https"));
    assert.ok(!("kind" in again));
    assert.equal(again.port ?? 443, port);
    assert.deepEqual(again.host, parsed.host);
  }));
});
