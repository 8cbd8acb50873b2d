/**
 * Names that resolve to places that are nobody's to reach. Each answer has the sink's address too, which the host may use,
 * and often as the first: a proxy that checked less than every address would arrive there.
 */

import { type Case, type Group, passes, refused } from "../case.ts";
import { inTunnel, say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

/** By line; each becomes a name: `10.0.0.1` is `at-10-0-0-1-is`. */
const places = {
  "to-private": ["10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "fd12::1", "fec0::1"],
  "to-metadata": [
    ...["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192"],
    ...["fd00:ec2::254", "fd20:ce::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"],
  ],
  "to-cgnat": ["100.64.0.1", "100.127.255.254", "::ffff:100.64.0.1"],
  "to-loopback": ["127.0.0.2", "127.255.255.254", "::1", "::ffff:127.0.0.2", "64:ff9b::7f00:2"],
  "to-reserved": [
    ...["0.0.0.0", "0.1.2.3", "169.254.1.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"],
    ...["255.255.255.255", "::", "fe80::1", "ff02::1", "2001:db8::1", "2002:a00:1::", "2001:0:1::"],
    ...["::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::1", "100::1", "3fff::1", "4000::1"],
  ],
} as const satisfies Partial<Record<ThreatId, readonly string[]>>;

const SINK = "127.0.0.1";

/** A name that stands for its answer. */
function nameOf(address: string, order: "first" | "last" | "alone" | "open"): string {
  return `at-${address.replaceAll(/[.:]/g, "-")}-is.${order}.test`;
}

/** Every name, and what it resolves to. */
const answers: ReadonlyMap<string, readonly string[]> = new Map(
  [SINK, ...Object.values(places).flat()].flatMap((address) => [
    [nameOf(address, "first"), [address, SINK]],
    [nameOf(address, "last"), [SINK, address]],
    [nameOf(address, "alone"), [address]],
    [nameOf(address, "open"), [SINK, address]],
  ]),
);

function resolve(name: string): readonly string[] {
  return answers.get(name) ?? [SINK];
}

type Order = Parameters<typeof nameOf>[1];

function plainly(address: string, order: Order): Case["run"] {
  return async (stage) => {
    const to = `${nameOf(address, order)}:${stage.ports.http}`;
    return await say(`GET http://${to}/ HTTP/1.1\r\nHost: ${to}\r\n\r\n`)(stage);
  };
}

function inTls(address: string, order: Order): Case["run"] {
  return async (stage) => {
    const to = `${nameOf(address, order)}:${stage.ports.tls}`;
    return await inTunnel(to, `GET / HTTP/1.1\r\nHost: ${to}\r\n\r\n`)(stage);
  };
}

function one(line: ThreatId, address: string, order: Order, run: Case["run"], place: string): Case {
  const with_ = order === "alone" ? "" : `, ${order} of two answers`;
  return { line, technique: `${address}${with_}`, place, run, expect: refused("private-address") };
}

/** What `allow_private` opens not: no destinations, and metadata by a name. */
const neverOpen = [
  ...(["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"] as const).map((address) =>
    ["to-reserved", address] as const
  ),
  ...(["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"] as const).map((
    address,
  ) => ["to-metadata", address] as const),
] as const;

const isLine = (text: string): text is keyof typeof places => Object.hasOwn(places, text);

/** Addresses. */
export const addresses: Group = {
  title: "what names resolve to",
  stage: {
    resolve,
    routes: ({ tls, http }) => [
      ...["first", "last", "alone"].map((order) => ({
        host: `*.${order}.test`,
        ports: [tls, http],
      })),
      { host: "*.open.test", ports: [tls, http], allow_private: true },
    ],
    // As for a network that the bundle has joined: the sink is where these hosts may be.
    config: () => ({
      private_exceptions: [{
        hosts: [...answers.keys()].filter((name) => /(first|last)\.test$/.test(name)),
        subnets: [`${SINK}/32`],
      }],
    }),
  },
  cases: [
    {
      line: "to-loopback",
      technique: "the sink's own address, opened for the name: it is reached",
      place: "plain request",
      run: plainly(SINK, "last"),
      expect: passes({ has: ["GET / HTTP/1.1\r\nHost: at-127-0-0-1-is.last.test"] }),
    },
    one("to-loopback", SINK, "alone", plainly(SINK, "alone"), "plain request"),
    one("to-loopback", SINK, "alone", inTls(SINK, "alone"), "tunnel"),
    ...Object.entries(places).flatMap(([line, all]) =>
      all.flatMap((address) =>
        isLine(line)
          ? [
            one(line, address, "first", plainly(address, "first"), "plain request"),
            one(line, address, "last", inTls(address, "last"), "tunnel"),
          ]
          : []
      )
    ),
    ...neverOpen.map(([line, address]) => ({
      ...one(line, address, "open", plainly(address, "open"), "plain request, allow_private"),
      technique: `${address}, beside an address that may be reached`,
    })),
  ],
};

/** With the program itself and the system's resolver. */
export const loopback: Group = {
  title: "names that the system's resolver knows as loopback",
  cases: (["GET", "POST", "HEAD", "DELETE"] as const).flatMap((method) => [
    {
      line: "to-loopback",
      technique: `${method} to a name below localhost`,
      place: "plain request",
      run: say(`${method} http://{closed:http}/ HTTP/1.1\r\nHost: {closed:http}\r\n\r\n`),
      expect: refused("private-address"),
    },
    {
      line: "to-loopback",
      technique: `${method} to a name below localhost`,
      place: "tunnel",
      run: inTunnel("{closed}", `${method} / HTTP/1.1\r\nHost: {closed}\r\n\r\n`),
      expect: refused("private-address"),
    },
  ]),
};
