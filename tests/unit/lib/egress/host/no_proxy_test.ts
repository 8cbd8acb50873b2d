import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { parseHost } from "../../../../../lib/egress/host/host.ts";
import { compileNoProxy, parseNoProxyEntry } from "../../../../../lib/egress/host/no_proxy.ts";

function isDirect(entries: readonly string[], text: string): boolean {
  const canonical = entries.map((entry) => {
    const parsed = parseNoProxyEntry(entry);
    if (!parsed.ok) throw new Error(`${entry}: ${parsed.why}`);
    return parsed.text;
  });
  const host = parseHost(text);
  if (host.kind === "bad") throw new Error(host.why);
  return compileNoProxy(canonical)(host);
}

Deno.test("parseNoProxyEntry gives one text to each meaning", () => {
  const cases: [string, string][] = [
    ["Example.COM", "example.com"],
    ["example.com.", "example.com"],
    ["localhost", "localhost"],
    [".example.com", ".example.com"],
    ["*.Example.com", ".example.com"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["192.0.2.1", "192.0.2.1"],
    ["[2001:DB8::0:1]", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["2001:db8::/32", "2001:db8::/32"],
  ];
  for (const [text, expected] of cases) {
    assert.deepEqual(parseNoProxyEntry(text), { ok: true, text: expected }, text);
    assert.deepEqual(parseNoProxyEntry(expected), { ok: true, text: expected }, expected);
  }
});

Deno.test("parseNoProxyEntry refuses what could mean more, or nothing", () => {
  const cases = [
    ...["*", "", ".", "*.", "*example.com", "a.*.b", "example.com:443", "http://a.example"],
    ...["10.0.0.1/8", "10.0.0.0/", "10.0.0.0/33", "127.1", "0x7f.1", "*.127.0.0.1", "a_b.example"],
    ...["[10.0.0.1", "fe80::1%eth0", "a..b", "-a.example"],
  ];
  for (const text of cases) assert.ok(!parseNoProxyEntry(text).ok, text);
});

Deno.test("compileNoProxy takes a name with all below it, and a dotted one without itself", () => {
  const cases: [readonly string[], string, boolean][] = [
    [["example.com"], "example.com", true],
    [["example.com"], "a.b.example.com", true],
    [["example.com"], "evil-example.com", false],
    [["example.com"], "example.com.evil.net", false],
    [[".example.com"], "a.example.com", true],
    [[".example.com"], "example.com", false],
    [["*.example.com"], "a.example.com", true],
    [["com"], "example.com", true],
    [["localhost"], "localhost", true],
    [[], "example.com", false],
  ];
  for (const [entries, host, expected] of cases) {
    assert.equal(isDirect(entries, host), expected, `${entries} ${host}`);
  }
});

Deno.test("compileNoProxy takes addresses and blocks for literal addresses of the same family", () => {
  const cases: [string, string, boolean][] = [
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["2001:db8::/32", "[2001:db8::5]", true],
    ["10.0.0.0/8", "[::ffff:10.0.0.1]", false],
    ["10.0.0.0/8", "ten.example", false],
  ];
  for (const [entry, host, expected] of cases) {
    assert.equal(isDirect([entry], host), expected, `${entry} ${host}`);
  }
});

Deno.test("compileNoProxy never takes a name that no entry ends at a label's border", () => {
  const label = fc.stringMatching(/^[a-z]{1,6}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  fc.assert(fc.property(fc.array(name, { maxLength: 4 }), name, (entries, host) => {
    const expected = entries.some((entry) => `.${host}`.endsWith(`.${entry}`));
    assert.equal(isDirect(entries, host), expected);
  }));
});
