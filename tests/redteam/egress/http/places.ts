/** CONNECT, TLS server name, Host, target: all name one place, or nothing goes out. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { handshake, inBareTunnel, inTunnel, say, tell } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

const GET = "GET /x HTTP/1.1\r\n";

type Row = readonly [line: ThreatId, technique: string, text: string];

const inside: readonly Row[] = [
  ["host-field", "Host of a denied host", `${GET}Host: {denied}\r\n\r\n`],
  ["host-field", "Host of another allowed host", `${GET}Host: {keyed}\r\n\r\n`],
  ["host-field", "Host with another port", `${GET}Host: {open:name}:1\r\n\r\n`],
  ["host-field", "Host without the port", `${GET}Host: {open:name}\r\n\r\n`],
  ["host-field", "two Hosts, the honest first", `${GET}Host: {open}\r\nHost: {denied}\r\n\r\n`],
  ["host-field", "two Hosts, the honest last", `${GET}Host: {denied}\r\nHost: {open}\r\n\r\n`],
  ["host-field", "two Hosts alike", `${GET}Host: {open}\r\nHost: {open}\r\n\r\n`],
  ["host-field", "a list of Hosts", `${GET}Host: {open}, {denied}\r\n\r\n`],
  ["host-field", "no Host", `${GET}\r\n`],
  ["host-field", "an empty Host", `${GET}Host:\r\n\r\n`],
  ["host-field", "an absolute target", `GET https://{denied}/x HTTP/1.1\r\nHost: {open}\r\n\r\n`],
  [
    "host-field",
    "an absolute target, plain",
    `GET http://{denied}/ HTTP/1.1\r\nHost: {open}\r\n\r\n`,
  ],
  ["host-field", "a CONNECT inside", `CONNECT {denied} HTTP/1.1\r\nHost: {denied}\r\n\r\n`],
  ["userinfo", "in Host", `${GET}Host: a@{open}\r\n\r\n`],
  ["userinfo", "in Host, with a password", `${GET}Host: {denied}:b@{open}\r\n\r\n`],
];

const outside: readonly Row[] = [
  ["host-field", "Host of a denied host", "CONNECT {open} HTTP/1.1\r\nHost: {denied}\r\n\r\n"],
  [
    "host-field",
    "Host with another port",
    "CONNECT {open} HTTP/1.1\r\nHost: {open:name}:1\r\n\r\n",
  ],
  ["host-field", "two Hosts", "CONNECT {open} HTTP/1.1\r\nHost: {open}\r\nHost: {denied}\r\n\r\n"],
  ["host-field", "no port", "CONNECT {open:name} HTTP/1.1\r\nHost: {open:name}\r\n\r\n"],
  ["host-field", "a URI", "CONNECT https://{open}/ HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["host-field", "a path", "CONNECT {open}/x HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  [
    "host-field",
    "a port that is none",
    "CONNECT {open:name}:https HTTP/1.1\r\nHost: {open}\r\n\r\n",
  ],
  ["host-field", "a port over 65535", "CONNECT {open:name}:65979 HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["host-field", "a port of 0", "CONNECT {open:name}:0 HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  [
    "host-field",
    "a port with a zero before",
    "CONNECT {open:name}:0443 HTTP/1.1\r\nHost: {open}\r\n\r\n",
  ],
  ["userinfo", "in CONNECT", "CONNECT a@{open} HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["userinfo", "a denied host as user", "CONNECT {denied}@{open} HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  [
    "not-tls",
    "bytes before the grant",
    "CONNECT {open} HTTP/1.1\r\nHost: {open}\r\n\r\nSSH-2.0-x\r\n",
  ],
];

const plain: readonly Row[] = [
  [
    "host-field",
    "Host of a denied host",
    "GET http://{open:http}/ HTTP/1.1\r\nHost: {denied:http}\r\n\r\n",
  ],
  ["host-field", "a denied target, an honest Host", "GET /x HTTP/1.1\r\nHost: {open:http}\r\n\r\n"],
  ["host-field", "https in absolute form", "GET https://{open}/ HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["host-field", "another scheme", "GET ftp://{open:http}/ HTTP/1.1\r\nHost: {open:http}\r\n\r\n"],
  ["userinfo", "in the URI", "GET http://a:b@{open:http}/ HTTP/1.1\r\nHost: {open:http}\r\n\r\n"],
  ["userinfo", "an empty user", "GET http://@{open:http}/ HTTP/1.1\r\nHost: {open:http}\r\n\r\n"],
  [
    "userinfo",
    "a host as user",
    "GET http://{open:http}@{denied:http}/ HTTP/1.1\r\nHost: {open:http}\r\n\r\n",
  ],
];

/** Greetings of other protocols, said where TLS or HTTP has to begin. */
const greetings = [
  ["ssh", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["SMTP", "EHLO {denied:name}\r\n"],
  ["SOCKS 5", "\x05\x01\x00"],
  ["zeros", "\0\0\0\0\0\0\0\0"],
  ["an HTTP request", "GET / HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["a TLS alert", "\x15\x03\x01\x00\x02\x02\x28"],
  ["SSL 2", "\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"],
] as const;

const serverNames: readonly Case[] = [
  ["sni", "a denied host", "{denied:name}"],
  ["sni", "another allowed host", "{keyed:name}"],
  ["sni", "a name below", "x.{open:name}"],
  ["sni", "the name above", "open.localhost"],
  ["no-sni", "none, as for an address", "127.0.0.1"],
].map(([line, technique, name]) => ({
  line: line === "sni" ? "sni" as const : "no-sni" as const,
  technique: `${technique}`,
  place: "ClientHello",
  run: async (stage) => await handshake("{open}", stage.fill(`${name}`))(stage),
  expect: { ...refused("protocol"), heard: { hasNot: ["HTTP/1.1"] } },
}));

/** There is a certificate for that name at this moment, as another tunnel waits for it. */
const waitedFor: Case = {
  line: "sni",
  technique: "the host of another tunnel that waits for its TLS",
  place: "ClientHello",
  run: async (stage) => {
    const waiting = await stage.plain();
    await waiting.write(stage.fill("CONNECT {keyed} HTTP/1.1\r\nHost: {keyed}\r\n\r\n"));
    await waiting.until("\r\n\r\n");
    const heard = await handshake("{open}", stage.fill("{keyed:name}"))(stage);
    // No TLS: it is cut at once, and not when it has waited long enough.
    await tell(waiting, "\0\0\0\0\0\0\0\0");
    return heard;
  },
  expect: { sink: "nothing", rows: ["protocol", "protocol"], heard: { hasNot: ["HTTP/1.1"] } },
};

function refusals(
  rows: readonly Row[],
  place: string,
  move: (text: string) => Case["run"],
): Case[] {
  return rows.map(([line, technique, text]) => ({
    line,
    technique,
    place,
    run: move(text),
    expect: refused("protocol"),
  }));
}

/** Places. */
export const places: Group = {
  title: "CONNECT, server name, Host and target",
  cases: [
    ...refusals(inside, "tunnel", (text) => inTunnel("{open}", text)),
    ...refusals(outside, "CONNECT", say),
    ...refusals(plain, "plain request", say),
    ...serverNames,
    waitedFor,
    ...greetings.map(([technique, bytes]): Case => ({
      line: "not-tls",
      technique,
      place: "CONNECT",
      run: inBareTunnel("{open}", bytes),
      expect: refused("protocol"),
    })),
    ...greetings.filter(([name]) => name !== "an HTTP request").map(([technique, bytes]): Case => ({
      line: "not-http",
      technique,
      place: "TLS of a CONNECT",
      run: inTunnel("{open}", `${bytes}\r\n\r\n`),
      expect: refused("protocol"),
    })),
    {
      line: "host-field",
      technique: "upper case and a trailing dot name the same host, and go out canonical",
      place: "Host",
      run: async (stage) => {
        const host = stage.fill("{open:name}").toUpperCase();
        return await inTunnel("{open}", `${GET}Host: ${host}.:${stage.ports.tls}\r\n\r\n`)(stage);
      },
      expect: passes({ has: ["Host: {open}\r\n"] }),
    },
  ],
};
