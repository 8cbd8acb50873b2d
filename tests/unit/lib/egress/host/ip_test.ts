import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { ipaddr } from "../../../../../lib/deps/ipaddr.ts";
import { ipv4, ipv6, parseAddress } from "../../../../../lib/egress/host/ip.ts";

const value4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const value6 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  // Runs of zero groups, where printing gets interesting.
  fc.array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce<bigint>((value, group) => value << 16n | group, 0n)),
);

Deno.test("parseAddress takes canonical and uncanonical spellings of one address for the same", () => {
  const cases: [string, string][] = [
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::ffff:1.2.3.4", "::ffff:102:304"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
  ];
  for (const [text, canonical] of cases) assert.equal(parseAddress(text)?.text, canonical, text);
});

Deno.test("parseAddress refuses what is no address or one in another spelling", () => {
  const bad = [
    [
      "",
      " ",
      "1",
      "1.2",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.",
      ".1.2.3",
      "1..2.3",
      "256.1.1.1",
      "1.1.1.1 ",
    ],
    [
      "01.2.3.4",
      "1.2.3.04",
      "0x7f.0.0.1",
      "1.2.3.-4",
      "1.2.3.+4",
      "1.2.3.4\n",
      "１.2.3.4",
      "127.1",
    ],
    [
      ":",
      ":::",
      "::1::",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8",
    ],
    [
      "12345::",
      "g::",
      ":1::",
      "1:::2",
      "::1%lo",
      "fe80::1%25eth0",
      "[::1]",
      "1.2.3.4::",
      "::1.2.3.4:1",
    ],
    [
      "::1.2.3",
      "::01.2.3.4",
      "::1.2.3.256",
      "1:2:3:4:5:6:7:1.2.3.4",
      "::1\0",
      "1:2:3:4:5:6:7:",
      ":2:3:4:5:6:7:8",
    ],
  ].flat();
  for (const text of bad) assert.equal(parseAddress(text), undefined, JSON.stringify(text));
});

Deno.test("parseAddress gives back what was printed", () => {
  fc.assert(fc.property(value4, (value) => {
    assert.deepEqual(parseAddress(ipv4(value).text), ipv4(value));
  }));
  fc.assert(fc.property(value6, (value) => {
    assert.deepEqual(parseAddress(ipv6(value).text), ipv6(value));
  }));
});

Deno.test("ipv6 prints as RFC 5952 has it", () => {
  fc.assert(fc.property(value6, (value) => {
    const bytes = Array.from(
      { length: 16 },
      (_, i) => Number(value >> BigInt(120 - 8 * i) & 0xffn),
    );
    assert.equal(ipv6(value).text, new ipaddr.IPv6(bytes).toRFC5952String());
  }));
});
