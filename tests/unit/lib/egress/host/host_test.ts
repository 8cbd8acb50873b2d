import assert from "node:assert/strict";
import { BottleError } from "../../../../../lib/errors.ts";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { hostName, parseHost, printHost } from "../../../../../lib/egress/host/host.ts";

const label = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,8}[a-z0-9])?$/).filter((text) =>
  !text.startsWith("xn--")
);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
const address4 = fc.tuple(...Array(4).fill(fc.nat(255))).map((parts) => parts.join("."));

Deno.test("parseHost makes one name of every spelling of it", () => {
  const cases: [string, string][] = [
    ["example.com", "example.com"],
    ["EXAMPLE.Com", "example.com"],
    ["example.com.", "example.com"],
    ["localhost", "localhost"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
    ["r3---sn-abc.googlevideo.com", "r3---sn-abc.googlevideo.com"],
    ["1.example.com", "1.example.com"],
    ["127.0.0.1.nip.io", "127.0.0.1.nip.io"],
    ["0x7f.example", "0x7f.example"],
    ["face", "face"],
    ["0xface.x0", "0xface.x0"],
    ["a".repeat(63) + ".com", "a".repeat(63) + ".com"],
    [`${"a".repeat(61)}.`.repeat(4) + "abcde", `${"a".repeat(61)}.`.repeat(4) + "abcde"],
    [`${"a".repeat(61)}.`.repeat(4) + "abcde.", `${"a".repeat(61)}.`.repeat(4) + "abcde"],
  ];
  for (const [text, canonical] of cases) {
    const host = parseHost(text);
    assert.equal(host.kind === "name" && host.name, canonical, text);
  }
});

Deno.test("parseHost refuses every byte outside a-z, 0-9, hyphen and dot", () => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    if (/[a-z0-9.-]/i.test(character)) continue;
    for (const text of [`a${character}b.com`, `${character}a.com`, `a.com${character}`]) {
      assert.equal(parseHost(text).kind, "bad", JSON.stringify(text));
    }
  }
});

Deno.test("parseHost refuses the tricks that hosts are smuggled by", () => {
  const bad = [
    ["", ".", "..", ".com", "a..b", "a.com..", "-a.com", "a-.com", "a.-b", "a_b.com", "*.com", "*"],
    [
      "a.com%00.evil.com",
      "a.com\0.evil.com",
      "a.com\r\n",
      "a.com\tb",
      "a.com b",
      " a.com",
      "a%2ecom",
    ],
    [
      "user@a.com",
      "a.com#b",
      "a.com\\b",
      "a.com/b",
      "a.com?b",
      "a.com:443",
      "a.com,b.com",
      "a.com;b",
    ],
    [
      "ａ.com",
      "a。com",
      "a．com",
      "a｡com",
      "bücher.de",
      "\u212a.com",
      "a\u00ad.com",
      "a\u200b.com",
      "ⅰ.com",
    ],
    [
      "\u202ea.com",
      "١٢٧.0.0.1",
      "①.com",
      "xn--a.com",
      "xn--.com",
      "xn--a-.com",
      "xn--zzzzzzzzzz99999.com",
    ],
    ["a".repeat(64) + ".com", `${"a".repeat(61)}.`.repeat(4) + "abcdef", "a.".repeat(200)],
    ["example.123", "example.0x1", "a.b.0", "example.com.1", "1.2.3.4a.5"],
  ].flat();
  for (const text of bad) {
    const host = parseHost(text);
    assert.equal(host.kind, "bad", JSON.stringify(text));
    assert.equal(host.kind === "bad" && host.reason, "protocol", JSON.stringify(text));
  }
});

Deno.test("parseHost takes a number in any disguise for an address and never for a name", () => {
  const numbers = [
    [
      "2130706433",
      "0x7f000001",
      "017700000001",
      "0X7F000001",
      "127.1",
      "127.0.1",
      "0x7f.1",
      "0177.1",
    ],
    [
      "0177.0.0.1",
      "127.0.0.01",
      "0x7f.0.0.1",
      "127.0.0.0x1",
      "00.0.0.0",
      "0",
      "1.2.3.256",
      "256.0.0.1",
    ],
    ["1.2.3.4.5", "127.1.", "0x", "0x.0x", "4294967296", "99999999999999999999", "0x7f000001."],
  ].flat();
  for (const text of numbers) {
    const host = parseHost(text);
    assert.equal(host.kind === "bad" && host.reason, "ip-literal", text);
  }
});

Deno.test("parseHost takes literal addresses in their one spelling", () => {
  const cases: [string, string][] = [
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1.", "127.0.0.1"],
    ["[::1]", "[::1]"],
    ["[2001:DB8:0::1]", "[2001:db8::1]"],
    ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    ["[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]"],
  ];
  for (const [text, printed] of cases) {
    const host = parseHost(text);
    assert.equal(host.kind === "ip" && printHost(host), printed, text);
  }
});

Deno.test("parseHost refuses brackets around anything but one whole IPv6 address", () => {
  const bad = [
    ["[", "[]", "[::1", "::1]", "::1", "[::1].", "[::1]:443", "[127.0.0.1]", "[a.com]", "[[::1]]"],
    ["[::1 ]", "[v1.a]", "fe80::1%eth0", "[::1]a", "1:2:3:4:5:6:7:8"],
  ].flat();
  for (const text of bad) assert.equal(parseHost(text).kind, "bad", text);
  for (const text of ["[fe80::1%eth0]", "[fe80::1%25eth0]", "[::1%]"]) {
    const host = parseHost(text);
    assert.equal(host.kind === "bad" && host.reason, "ip-literal", text);
  }
});

Deno.test("parseHost of what was printed is the same host", () => {
  fc.assert(fc.property(fc.oneof(name, address4, fc.ipV6().map((text) => `[${text}]`)), (text) => {
    const host = parseHost(text);
    assert.ok(host.kind !== "bad", text);
    assert.deepEqual(parseHost(printHost(host)), host);
  }));
});

Deno.test("parseHost knows no difference by case and one trailing dot", () => {
  fc.assert(fc.property(name, (text) => {
    assert.deepEqual(parseHost(`${text.toUpperCase()}.`), parseHost(text));
    assert.equal(parseHost(`${text}..`).kind, "bad");
  }));
});

Deno.test("parseHost never throws, and takes nothing that the URL standard reads as another host", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."aAzx0179.-[]:%fFe_*@\\/ \0"), maxLength: 30 }),
  );
  fc.assert(
    fc.property(text, (given) => {
      const host = parseHost(given);
      if (host.kind === "bad") return;
      assert.equal(URL.parse(`http://${printHost(host)}/`)?.hostname, printHost(host));
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("parseHost says why without repeating the text", () => {
  const host = parseHost("SECRET_TOKEN.example.com");
  assert.ok(host.kind === "bad");
  assert.equal(host.why, "a host holds a-z, 0-9, hyphen and dot only");
});

Deno.test("hostName takes names and throws for all else", () => {
  assert.equal(hostName("Example.com"), "example.com");
  assert.throws(
    () => hostName("1.2.3.4"),
    (error) =>
      error instanceof BottleError && error.code === "host-invalid" &&
      error.hint === "This is an address",
  );
  assert.throws(() => hostName("a b"), { code: "host-invalid" });
});
