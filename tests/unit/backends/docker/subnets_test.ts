import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  overlaps,
  parseBottleSubnet,
  parseRanges,
  pickSubnet,
} from "../../../../backends/docker/subnets.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { type Cidr, parseCidr } from "../../../../lib/egress/host/cidr.ts";

function cidr(text: string): Cidr {
  const block = parseCidr(text);
  ok(block !== undefined, text);
  return block;
}

/** Random bytes that make the search begin at this index. */
const at = (index: number) => (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
};

Deno.test("parseRanges has one private /16 as its default", () => {
  deepEqual(parseRanges().map(({ base, bits }) => `${base.text}/${bits}`), ["10.213.0.0/16"]);
});

Deno.test("parseRanges takes private blocks of IPv4 down to a /29", () => {
  const texts = parseRanges("10.0.0.0/29, 192.168.4.0/24,172.16.0.0/12").map((block) =>
    block.base.text
  );
  deepEqual(texts, ["10.0.0.0", "192.168.4.0", "172.16.0.0"]);
});

Deno.test("parseRanges refuses everything else and says what to write", () => {
  const bad = [
    "",
    ",",
    "10.0.0.0",
    "10.0.0.1/16",
    "10.0.0.0/30",
    "8.8.8.0/24",
    "127.0.0.0/8",
    "fd00::/64",
    "10.0.0.0/16,x",
  ];
  for (const text of bad) {
    throws(() => parseRanges(text), { code: "subnets-invalid", exitCode: 2 }, text);
  }
});

Deno.test("pickSubnet reserves the gateway and gives bundle and agent fixed places", () => {
  deepEqual(pickSubnet(parseRanges("10.213.0.0/16"), [], at(1)), {
    cidr: "10.213.0.8/29",
    gateway: "10.213.0.9",
    bundle: "10.213.0.10",
    agent: "10.213.0.11",
  });
});

Deno.test("pickSubnet goes round, over the ranges' ends, to the one that is free", () => {
  const ranges = parseRanges("10.0.0.0/28,10.9.0.0/28");
  const taken = ["10.9.0.8/29", "10.0.0.0/29", "10.9.0.0/30"].map(cidr);
  equal(pickSubnet(ranges, taken, at(3))?.cidr, "10.0.0.8/29");
  equal(pickSubnet(ranges, [...taken, cidr("10.0.0.12/32")], at(3)), undefined);
  equal(pickSubnet(ranges, [cidr("10.0.0.0/8")], at(0)), undefined);
});

Deno.test("pickSubnet never overlaps what is taken, and stays in its range", () => {
  const block = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 })).map(
    ([last, bits]) => cidr(`10.5.0.${last - last % 2 ** (32 - bits)}/${bits}`),
  );
  fc.assert(fc.property(fc.array(block, { maxLength: 12 }), fc.nat(), (taken, index) => {
    const found = pickSubnet(parseRanges("10.5.0.0/24"), taken, at(index));
    const free = found === undefined ? undefined : cidr(found.cidr);
    if (free === undefined) {
      for (let i = 0; i < 256; i += 8) {
        ok(taken.some((other) => overlaps(cidr(`10.5.0.${i}/29`), other)), `10.5.0.${i} is free`);
      }
      return;
    }
    ok(overlaps(cidr("10.5.0.0/24"), free));
    ok(!taken.some((other) => overlaps(free, other) || overlaps(other, free)));
  }));
});

Deno.test("overlaps tells whether two blocks share an address, either way round", () => {
  const cases: readonly [string, string, boolean][] = [
    ["10.0.0.0/8", "10.1.2.0/29", true],
    ["10.0.0.0/29", "10.0.0.8/29", false],
    ["10.0.0.0/29", "10.0.0.0/29", true],
    ["0.0.0.0/0", "10.0.0.0/29", true],
    ["::/0", "10.0.0.0/29", false],
  ];
  for (const [one, other, share] of cases) {
    equal(overlaps(cidr(one), cidr(other)), share, `${one} ${other}`);
    equal(overlaps(cidr(other), cidr(one)), share, `${other} ${one}`);
  }
});

Deno.test("parseBottleSubnet takes a /29 only", () => {
  equal(parseBottleSubnet("10.213.4.8/29")?.agent, "10.213.4.11");
  for (const other of ["10.213.4.0/28", "fd00::/29", "", "x"]) {
    equal(parseBottleSubnet(other), undefined);
  }
});
