import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { checkAddresses, compileExceptions } from "../../../../../lib/egress/host/destination.ts";
import { type Host, parseHost } from "../../../../../lib/egress/host/host.ts";
import { type IpAddress, parseAddress } from "../../../../../lib/egress/host/ip.ts";
import type { PrivateException } from "../../../../../lib/egress/config.ts";

const origin = "manifest demo.md:7";

function parse(text: string): { host: Host } {
  const host = parseHost(text);
  assert.ok(host.kind !== "bad", text);
  return { host };
}

function addresses(...texts: string[]): IpAddress[] {
  return texts.map((text) => {
    const address = parseAddress(text);
    assert.ok(address, text);
    return address;
  });
}

function check(
  name: string,
  texts: readonly string[],
  options: { allow_private?: boolean; exceptions?: readonly PrivateException[] } = {},
): string {
  const { exceptions = [], ...route } = options;
  const decision = checkAddresses(
    parse(name).host,
    addresses(...texts),
    { host: name, origin, ...route },
    compileExceptions(exceptions),
  );
  return decision.ok ? decision.addresses.map(({ text }) => text).join(" ") : decision.reason;
}

Deno.test("checkAddresses gives public addresses back in their order", () => {
  assert.equal(
    check("a.com", ["8.8.8.8", "2606:4700::1", "1.1.1.1"]),
    "8.8.8.8 2606:4700::1 1.1.1.1",
  );
});

Deno.test("checkAddresses refuses a host for one address that is not public, wherever it stands", () => {
  const closed = [
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "100.64.0.1",
  ]
    .concat([
      "fd00:ec2::254",
      "::1",
      "fe80::1",
      "::ffff:10.0.0.1",
      "64:ff9b::a00:1",
      "0.0.0.0",
      "224.0.0.1",
    ]);
  for (const text of closed) {
    assert.equal(check("a.com", [text]), "private-address", text);
    assert.equal(check("a.com", ["8.8.8.8", text]), "private-address", text);
    assert.equal(check("a.com", [text, "8.8.8.8"]), "private-address", text);
  }
});

Deno.test("checkAddresses calls a name without addresses unresolvable", () => {
  assert.equal(check("a.com", []), "unresolvable");
  assert.equal(check("a.com", [], { allow_private: true }), "unresolvable");
});

Deno.test("checkAddresses opens a route with allow_private, but no metadata and nothing that is no destination", () => {
  const open = [
    "10.0.0.1",
    "127.0.0.1",
    "100.64.0.1",
    "169.254.1.1",
    "fd00::1",
    "192.0.2.1",
    "198.18.0.1",
    "240.0.0.1",
  ];
  for (const text of open) assert.equal(check("a.com", [text], { allow_private: true }), text);
  const closed = [
    "169.254.169.254",
    "fd00:ec2::254",
    "168.63.129.16",
    "100.100.100.200",
    "::ffff:169.254.169.254",
  ]
    .concat(["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"]);
  for (const text of closed) {
    assert.equal(check("a.com", [text], { allow_private: true }), "private-address", text);
    assert.equal(
      check("a.com", ["10.0.0.1", text], { allow_private: true }),
      "private-address",
      text,
    );
  }
});

Deno.test("checkAddresses opens a metadata address for a route that names that very address", () => {
  assert.equal(
    check("169.254.169.254", ["169.254.169.254"], { allow_private: true }),
    "169.254.169.254",
  );
  assert.equal(check("169.254.169.254", ["169.254.169.254"]), "private-address");
});

Deno.test("checkAddresses opens an exception's blocks for its hosts only", () => {
  const exceptions = [
    { hosts: ["db.example.com", "API.example.com."], subnets: ["172.18.0.0/16", "fd01::/64"] },
    { hosts: ["db.example.com"], subnets: ["10.0.0.0/24"] },
  ];
  assert.equal(
    check("db.example.com", ["172.18.3.4", "fd01::5", "10.0.0.7"], { exceptions }),
    "172.18.3.4 fd01::5 10.0.0.7",
  );
  assert.equal(
    check("db.example.com", ["8.8.8.8", "172.18.3.4"], { exceptions }),
    "8.8.8.8 172.18.3.4",
  );
  assert.equal(check("db.example.com", ["::ffff:172.18.3.4"], { exceptions }), "::ffff:ac12:304");
  assert.equal(check("api.example.com", ["172.18.3.4"], { exceptions }), "172.18.3.4");
  for (
    const [name, text] of [
      ["db.example.com", "172.19.0.1"],
      ["db.example.com", "127.0.0.1"],
      ["api.example.com", "10.0.0.7"],
      ["x.db.example.com", "172.18.3.4"],
      ["other.example.com", "172.18.3.4"],
    ] as const
  ) {
    assert.equal(check(name, [text], { exceptions }), "private-address", `${name} ${text}`);
  }
});

Deno.test("checkAddresses opens by an exception no metadata and nothing that is no destination", () => {
  const exceptions = [{ hosts: ["a.com"], subnets: ["0.0.0.0/0", "::/0"] }];
  for (
    const text of [
      "169.254.169.254",
      "fd00:ec2::254",
      "::ffff:169.254.169.254",
      "0.0.0.0",
      "ff02::1",
    ]
  ) {
    assert.equal(check("a.com", [text], { exceptions }), "private-address", text);
  }
  assert.equal(check("a.com", ["10.1.2.3"], { exceptions }), "10.1.2.3");
});

Deno.test("checkAddresses says which address and of what kind", () => {
  const { host } = parse("a.com");
  const route = { host: "a.com", origin };
  const named = checkAddresses(host, addresses("8.8.8.8", "10.0.0.1"), route, new Map());
  assert.equal(!named.ok && named.detail, `"a.com" resolves to a private address, 10.0.0.1`);
  const literal = checkAddresses(parse("10.0.0.1").host, addresses("10.0.0.1"), route, new Map());
  assert.equal(!literal.ok && literal.detail, `"10.0.0.1" is a private address`);
});

Deno.test("checkAddresses refuses a rebinding answer in a thousand mixtures", () => {
  const inside = fc.nat(0xffffff).map((value) =>
    `10.${value >> 16}.${value >> 8 & 255}.${value & 255}`
  );
  const outside = fc.nat(255).map((value) => `8.8.8.${value}`);
  fc.assert(
    fc.property(
      fc.array(outside, { maxLength: 4 }),
      inside,
      fc.array(outside, { maxLength: 4 }),
      (before, one, after) => {
        assert.equal(check("a.com", [...before, one, ...after]), "private-address");
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("compileExceptions refuses what it can't read", () => {
  assert.throws(() => compileExceptions([{ hosts: ["a b"], subnets: [] }]), {
    code: "host-invalid",
  });
  for (const subnet of ["10.0.0.0/", "10.0.0.0", "10.0.0.1/8"]) {
    assert.throws(() => compileExceptions([{ hosts: ["a.com"], subnets: [subnet] }]), {
      code: "cidr-invalid",
    });
  }
});
