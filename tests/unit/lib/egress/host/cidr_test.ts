import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { cidr, cidrContains, parseCidr, printCidr } from "../../../../../lib/egress/host/cidr.ts";
import { ipv4, ipv6, parseAddress } from "../../../../../lib/egress/host/ip.ts";

const block4 = fc.record({
  value: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
  bits: fc.integer({ min: 0, max: 32 }),
});
const block6 = fc.record({
  value: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  bits: fc.integer({ min: 0, max: 128 }),
});

Deno.test("parseCidr takes address/bits and nothing looser", () => {
  for (const text of ["10.0.0.0/8", "0.0.0.0/0", "1.2.3.4/32", "::/0", "fd00::/8", "::1/128"]) {
    const block = parseCidr(text);
    assert.ok(block, text);
    assert.equal(printCidr(block), text);
  }
  const bad = [
    ["", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/08", "10.0.0.0/+8"],
    ["10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0.0/0x8", "10.0.0.0/8.0"],
    [
      "10.0.0.0/1e1",
      "10/8",
      "10.0.0.0/255.0.0.0",
      "[::]/0",
      "10.0.0.1/8",
      "fd00::1/8",
      "1.2.3.4/0",
    ],
  ].flat();
  for (const text of bad) assert.equal(parseCidr(text), undefined, JSON.stringify(text));
});

Deno.test("cidrContains agrees with arithmetic on the bounds of the block", () => {
  fc.assert(
    fc.property(block4, fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), ({ value, bits }, other) => {
      const size = 2n ** BigInt(32 - bits);
      const first = value - value % size;
      const block = parseCidr(`${ipv4(first).text}/${bits}`);
      assert.ok(block);
      for (const probe of [other, first, first + size - 1n, first - 1n, first + size]) {
        if (probe < 0n || probe >= 2n ** 32n) continue;
        assert.equal(cidrContains(block, ipv4(probe)), probe >= first && probe < first + size);
      }
    }),
  );
  fc.assert(
    fc.property(block6, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), ({ value, bits }, other) => {
      const size = 2n ** BigInt(128 - bits);
      const first = value - value % size;
      const block = parseCidr(`${ipv6(first).text}/${bits}`);
      assert.ok(block);
      for (const probe of [other, first, first + size - 1n, first - 1n, first + size]) {
        if (probe < 0n || probe >= 2n ** 128n) continue;
        assert.equal(cidrContains(block, ipv6(probe)), probe >= first && probe < first + size);
      }
    }),
  );
});

Deno.test("cidr throws for what is no block", () => {
  assert.deepEqual(cidr("10.0.0.0/8"), parseCidr("10.0.0.0/8"));
  assert.throws(() => cidr("10.0.0.0/"), { code: "cidr-invalid" });
});

Deno.test("cidrContains never holds across families", () => {
  const all4 = parseCidr("0.0.0.0/0");
  const all6 = parseCidr("::/0");
  const mapped = parseAddress("::ffff:10.0.0.1");
  const plain = parseAddress("10.0.0.1");
  assert.ok(all4 && all6 && mapped && plain);
  assert.equal(cidrContains(all4, mapped), false);
  assert.equal(cidrContains(all6, plain), false);
});
