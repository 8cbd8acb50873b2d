/** Addresses in the place of names. The sink listens on the very address, and a route names it: only its one spelling passes. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

type Row = readonly [line: ThreatId, spelling: string];

/** Spellings of 127.0.0.1 that some resolver, or `inet_aton`, takes. */
const disguised: readonly Row[] = [
  ["ip-decimal", "2130706433"],
  ["ip-decimal", "02130706433"],
  ["ip-hex", "0x7f000001"],
  ["ip-hex", "0X7F000001"],
  ["ip-hex", "0x7f.0x0.0x0.0x1"],
  ["ip-hex", "0x7f.1"],
  ["ip-hex", "127.0.0.0x1"],
  ["ip-octal", "017700000001"],
  ["ip-octal", "0177.0.0.1"],
  ["ip-octal", "0177.0000.0000.0001"],
  ["ip-octal", "127.0.0.01"],
  ["ip-octal", "127.000.000.001"],
  ["ip-short", "127.1"],
  ["ip-short", "127.0.1"],
  ["ip-short", "127.0x1"],
  ["ip-short", "0177.1"],
  ["ip-mapped", "[::ffff:127.0.0.1]"],
  ["ip-mapped", "[::ffff:7f00:1]"],
  ["ip-mapped", "[0:0:0:0:0:ffff:7f00:1]"],
  ["ip-mapped", "[0000:0000:0000:0000:0000:FFFF:7F00:0001]"],
  ["ip-mapped", "[::127.0.0.1]"],
  ["ip-nat64", "[64:ff9b::7f00:1]"],
  ["ip-nat64", "[64:ff9b::127.0.0.1]"],
  ["ip-nat64", "[64:ff9b:1::7f00:1]"],
  ["ip-nat64", "[2002:7f00:1::]"],
  ["ip-nat64", "[2001:0:7f00:1::]"],
  ["ip-zone", "[::1%lo]"],
  ["ip-zone", "[::1%25lo]"],
  ["ip-zone", "[fe80::1%eth0]"],
  ["ip-plain", "127.0.0.2"],
  ["ip-plain", "169.254.169.254"],
  ["ip-plain", "[fd00:ec2::254]"],
  ["ip-plain", "[::2]"],
  ["ip-plain", "10.0.0.1"],
];

/** No spelling of any address. */
const broken: readonly Row[] = [
  ["ip-plain", "127.0.0.1.5"],
  ["ip-plain", "127.0.0.256"],
  ["ip-plain", "[127.0.0.1]"],
  ["ip-plain", "[::1"],
  ["ip-plain", "::1"],
  ["ip-plain", "[::1]x"],
  ["ip-plain", "127.0.0.1..."],
  ["ip-zone", "127.0.0.1%lo"],
];

/** `127.0.0.1.5` and its like are numbers in disguise: which of two reasons is told matters to nobody. */
const NUMBERS = /^[0-9.]+[0-9]$/;

function inBothPlaces([line, spelling]: Row, reason: "ip-literal" | "protocol"): Case[] {
  const one = { line, technique: spelling, expect: refused(reason) };
  return [
    {
      ...one,
      place: "CONNECT",
      run: async (stage) => {
        const to = `${spelling}:${stage.ports.tls}`;
        return await say(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`)(stage);
      },
    },
    {
      ...one,
      place: "URI",
      run: async (stage) => {
        const to = `${spelling}:${stage.ports.http}`;
        return await say(`GET http://${to}/ HTTP/1.1\r\nHost: ${to}\r\n\r\n`)(stage);
      },
    },
  ];
}

/** The address that the route names. */
const honest: Case = {
  line: "ip-plain",
  technique: "127.0.0.1, which a route names",
  place: "URI",
  run: async (stage) => {
    const to = `127.0.0.1:${stage.ports.http}`;
    return await say(`GET http://${to}/ HTTP/1.1\r\nHost: ${to}\r\n\r\n`)(stage);
  },
  expect: passes({ has: ["GET / HTTP/1.1\r\nHost: 127.0.0.1:"] }),
};

/** Literals. */
export const literals: Group = {
  title: "literal addresses",
  stage: {
    routes: ({ tls, http }) => [
      { host: "127.0.0.1", ports: [tls, http], allow_private: true },
      { host: "[::1]", ports: [tls, http], allow_private: true },
    ],
  },
  cases: [
    honest,
    ...disguised.flatMap((row) => inBothPlaces(row, "ip-literal")),
    ...broken.flatMap((row) => inBothPlaces(row, NUMBERS.test(row[1]) ? "ip-literal" : "protocol")),
  ],
};
