import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { ipaddr } from "../../../../../lib/deps/ipaddr.ts";
import {
  classifyAddress,
  parseAddress,
  unwrapAddress,
} from "../../../../../lib/egress/host/address.ts";
import { type AddressClass, specialBlocks } from "../../../../../lib/egress/host/address_blocks.ts";
import { cidrContains, parseCidr } from "../../../../../lib/egress/host/cidr.ts";
import { type IpAddress, ipv4, ipv6 } from "../../../../../lib/egress/host/ip.ts";

function parse(text: string): IpAddress {
  const address = parseAddress(text);
  assert.ok(address, text);
  return address;
}

const cases: Record<AddressClass, string[]> = {
  public: ["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"]
    .concat(["172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.255.255"])
    .concat(["198.20.0.0", "223.255.255.255", "128.0.0.1", "168.63.129.15", "126.255.255.255"])
    .concat(["2606:4700:4700::1111", "2001:200::1", "2001:4860:4860::8888", "2a00:1450::1"])
    .concat(["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "3fff:1000::1"]),
  private: ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1", "fc00::1"]
    .concat(["fdff::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::192.168.1.1", "2002:a00:1::"])
    .concat(["64:ff9b:1::1", "::10.0.0.1", "::ffff:0:10.0.0.1", "2001:0:a00:1::f7f7:f7f7"]),
  loopback: ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
    .concat(["2002:7f00:1::1", "2001:0:808:808::80ff:fffe"]),
  "link-local": ["169.254.0.1", "169.254.169.253", "fe80::1", "febf::1", "::ffff:169.254.1.1"],
  metadata: ["169.254.169.254", "168.63.129.16", "100.100.100.200", "169.254.170.2", "192.0.0.192"]
    .concat(["169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"])
    .concat([
      "::ffff:169.254.169.254",
      "64:ff9b::a9fe:a9fe",
      "2002:a9fe:a9fe::",
      "::169.254.169.254",
    ]),
  cgnat: ["100.64.0.0", "100.127.255.255", "::ffff:100.64.0.1"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1", "::ffff:224.0.0.251"],
  broadcast: ["255.255.255.255", "::ffff:255.255.255.255"],
  unspecified: ["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "::2"],
  documentation: [
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "2001:db8::1",
    "3fff::1",
    "3fff:fff::1",
  ],
  benchmarking: ["198.18.0.1", "198.19.255.255"],
  reserved: [
    "192.0.0.8",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "240.0.0.1",
  ]
    .concat(["255.255.255.254", "100::1", "100:0:0:1::1", "2001:1::1", "2001:2::1", "2001:20::1"])
    .concat([
      "2001:30::1",
      "2001:1ff::1",
      "2620:4f:8000::1",
      "3ffe::1",
      "5f00::1",
      "2002:808:808::1",
    ])
    .concat([
      "2001:0:808:808::f7f7:f7f7",
      "::8.8.8.8",
      "::ffff:0:8.8.8.8",
      "1::1",
      "4000::1",
      "8000::",
    ]),
};

for (const [kind, texts] of Object.entries(cases)) {
  Deno.test(`classifyAddress knows ${kind} addresses`, () => {
    for (const text of texts) assert.equal(classifyAddress(parse(text)), kind, text);
  });
}

/** Not ordinary destinations to us; ipaddr.js has no name for them or knows them not. */
const oursAlone = ["192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24", "168.63.129.16/32"]
  .concat(["2620:4f:8000::/48", "3ffe::/16", "3fff::/20", "2001::/23"])
  .map((text) => parseCidr(text));

/** Every bound of every block and its neighbours: where a mistake of one would hide. */
const edges = specialBlocks.flatMap(({ cidr: { base, bits } }) => {
  const width = base.family === 4 ? 32 : 128;
  const last = base.value + 2n ** BigInt(width - bits) - 1n;
  return [base.value - 1n, base.value, last, last + 1n]
    .filter((value) => value >= 0n && value < 2n ** BigInt(width))
    .map((value) => base.family === 4 ? ipv4(value) : ipv6(value));
});

function agreesWithIpaddr(address: IpAddress): void {
  const isPublic = classifyAddress(address) === "public";
  const isUnicast = ipaddr.parse(unwrapAddress(address).text).range() === "unicast";
  if (isPublic) return assert.ok(isUnicast, address.text);
  const isOurs = oursAlone.some((cidr) => cidr && cidrContains(cidr, address));
  const isOutside = address.family === 6 && address.value >> 125n !== 1n;
  if (isUnicast && !isOurs && !isOutside) assert.fail(`${address.text} is public to ipaddr.js`);
}

Deno.test("classifyAddress agrees with ipaddr.js on what is public, but for what only ours knows", () => {
  for (const address of edges) agreesWithIpaddr(address);
  const random4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  fc.assert(fc.property(random4, (value) => agreesWithIpaddr(ipv4(value))), { numRuns: 2_000 });
  const random6 = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    fc.bigInt({ min: 0x2000n << 112n, max: (0x4000n << 112n) - 1n }),
  );
  fc.assert(fc.property(random6, (value) => agreesWithIpaddr(ipv6(value))), { numRuns: 2_000 });
});

Deno.test("classifyAddress calls no end of a special block public", () => {
  for (const { cidr: { base, bits } } of specialBlocks) {
    const [width, make] = base.family === 4 ? [32, ipv4] as const : [128, ipv6] as const;
    const last = make(base.value + 2n ** BigInt(width - bits) - 1n);
    for (const address of [base, last]) {
      assert.notEqual(classifyAddress(address), "public", address.text);
    }
  }
});

Deno.test("classifyAddress judges a mapped and a NAT64 address as the inner one", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), (value) => {
    const kind = classifyAddress(ipv4(value));
    assert.equal(classifyAddress(ipv6(0xffff00000000n | value)), kind);
    assert.equal(classifyAddress(ipv6(0x64ff9bn << 96n | value)), kind);
  }));
});

Deno.test("classifyAddress never calls a 6to4 or Teredo address public", () => {
  const inner = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
  fc.assert(fc.property(inner, (value) => {
    const tail = value & 2n ** 96n - 1n;
    assert.notEqual(classifyAddress(ipv6(0x2002n << 112n | value & 2n ** 112n - 1n)), "public");
    assert.notEqual(classifyAddress(ipv6(0x20010000n << 96n | tail)), "public");
  }));
});

Deno.test("classifyAddress judges an ISATAP address below any prefix by what it carries", () => {
  const cases: [string, string][] = [
    ["2606:4700::5efe:10.0.0.1", "private"],
    ["2606:4700::200:5efe:169.254.169.254", "metadata"],
    ["2606:4700::5efe:127.0.0.1", "loopback"],
    ["2606:4700::5efe:8.8.8.8", "public"],
    ["fe80::5efe:8.8.8.8", "link-local"],
    ["2606:4700::1:5efe:10.0.0.1", "public"],
  ];
  for (const [text, kind] of cases) assert.equal(classifyAddress(parse(text)), kind, text);
});

Deno.test("classifyAddress knows the metadata services of the clouds, mapped and translated too", () => {
  const services = ["169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.42.42"]
    .concat(["169.254.0.23", "168.63.129.16", "100.100.100.200", "192.0.0.192"]);
  for (const text of services) {
    for (const spelling of [text, `::ffff:${text}`, `64:ff9b::${text}`, `::${text}`]) {
      assert.equal(classifyAddress(parse(spelling)), "metadata", spelling);
    }
  }
  for (
    const text of [
      "fd00:ec2::254",
      "fd00:ec2::23",
      "fd20:ce::254",
      "fd00:42::42",
      "fe80::a9fe:a9fe",
    ]
  ) {
    assert.equal(classifyAddress(parse(text)), "metadata", text);
  }
});

Deno.test("specialBlocks do not overlap", () => {
  for (const one of specialBlocks) {
    for (const other of specialBlocks) {
      if (one !== other) assert.equal(cidrContains(one.cidr, other.cidr.base), false);
    }
  }
});

Deno.test("unwrapAddress gives the inner address of what is delivered to it", () => {
  assert.equal(unwrapAddress(parse("::ffff:10.0.0.1")).text, "10.0.0.1");
  assert.equal(unwrapAddress(parse("64:ff9b::10.0.0.1")).text, "10.0.0.1");
  for (const text of ["10.0.0.1", "2002:a00:1::", "::10.0.0.1", "2606:4700::1"]) {
    assert.deepEqual(unwrapAddress(parse(text)), parse(text));
  }
});
