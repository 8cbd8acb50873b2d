/** Ways that an upstream could send a client past the names that are judged, and DNS by way of HTTPS. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { inTunnel, type Move, say } from "../moves.ts";
import { respondWith } from "../sink.ts";
import type { ThreatId } from "../../threats.ts";

const GET = "GET /x HTTP/1.1\r\nHost: {open}\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";

/** Follows a `Location` as a client would: through a tunnel for https, in absolute form for http. */
function follow(): Move {
  return async (stage) => {
    const first = await inTunnel("{open}", GET)(stage);
    const location = /^location: (.*)\r$/im.exec(first)?.[1] ?? "";
    const [, scheme, host = "", path = "/"] = /^(https?):\/\/([^/]*)(.*)$/.exec(location) ?? [];
    const second = scheme === "https"
      ? await say(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)(stage)
      : await say(`GET ${location} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)(stage);
    return `${first}${second}${path}`;
  };
}

/** Where an upstream says that the client should go. */
const targets = [
  ["302 Found", "a denied host", "https://{denied}/", "host-not-allowed"],
  ["307 Temporary Redirect", "a denied host, plain", "http://{denied:http}/", "host-not-allowed"],
  ["308 Permanent Redirect", "another port", "https://{open:name}:1/", "port"],
  ["301 Moved Permanently", "a loopback address", "http://127.0.0.1:1/", "ip-literal"],
  ["302 Found", "a metadata service", "http://169.254.169.254/latest/", "ip-literal"],
  ["303 See Other", "a closed host", "http://{closed:http}/", "private-address"],
  ["302 Found", "userinfo", "http://{open:http}@{denied:http}/", "protocol"],
  ["302 Found", "a decimal address", "http://2130706433:1/", "ip-literal"],
] as const;

function redirected([status, technique, location, reason]: (typeof targets)[number]): Case {
  return {
    line: "redirect",
    technique: `${status.slice(0, 3)} to ${technique}`,
    place: "response",
    run: follow(),
    respond: respondWith(
      `HTTP/1.1 ${status}\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
    ),
    expect: {
      sink: { has: ["GET /x HTTP/1.1"], hasNot: ["denied", "127.0.0.1", "latest"] },
      rows: ["allowed", reason],
      heard: { has: ["Location: "] },
    },
  };
}

/** Fields that say of another place that it is the same. */
const services: readonly (readonly [technique: string, response: string, place: string])[] = [
  ["HTTP/3 on the same host", `${OK}Alt-Svc: h3=":443"; ma=86400\r\n\r\nok`, "field"],
  ["another host", `${OK}alt-svc: h2="{denied}"\r\n\r\nok`, "field"],
  ["twice", `${OK}ALT-SVC: clear\r\nAlt-Svc: h3=":1"\r\n\r\nok`, "field"],
  [
    "behind the body",
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nAlt-Svc: h3=":1"\r\n\r\n',
    "trailer",
  ],
  [
    "ahead of the response",
    `HTTP/1.1 103 Early Hints\r\nAlt-Svc: h3=":1"\r\n\r\n${OK}\r\nok`,
    "interim response",
  ],
];

const denied = "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB";

function doh(technique: string, place: string, run: Move, expect: Case["expect"]): Case {
  const line: ThreatId = "dns-doh";
  return { line, technique, place, run, expect };
}

/** Ways round. */
export const waysRound: Group = {
  title: "redirects, Alt-Svc, DNS over HTTPS",
  cases: [
    ...targets.map(redirected),
    ...services.map(([technique, response, place]): Case => ({
      line: "alt-svc",
      technique,
      place,
      run: inTunnel("{open}", GET),
      respond: respondWith(response),
      expect: passes({ has: ["GET /x"] }, {
        heard: { has: ["ok"], hasNot: ["lt-svc", "LT-SVC", "h3"] },
      }),
    })),
    {
      line: "alt-svc",
      technique: "an upgrade that is offered",
      place: "field",
      run: inTunnel("{open}", GET),
      respond: respondWith(`${OK}Upgrade: h2c\r\nConnection: upgrade\r\n\r\nok`),
      expect: passes({ has: ["GET /x"] }, { heard: { hasNot: ["h2c"] } }),
    },
    doh(
      "a look-up of a denied resolver",
      "CONNECT",
      say("CONNECT {denied} HTTP/1.1\r\nHost: {denied}\r\n\r\n"),
      refused("host-not-allowed"),
    ),
    doh(
      "a look-up of a denied resolver",
      "URI",
      say(`GET http://{denied:http}${denied} HTTP/1.1\r\nHost: {denied:http}\r\n\r\n`),
      refused("host-not-allowed"),
    ),
    doh(
      "past a route that limits paths",
      "tunnel",
      inTunnel("{narrow}", `GET ${denied} HTTP/1.1\r\nHost: {narrow}\r\n\r\n`),
      refused("no-match"),
    ),
    doh(
      "on an allowed host it is a request like any other",
      "tunnel",
      inTunnel("{open}", `GET ${denied} HTTP/1.1\r\nHost: {open}\r\n\r\n`),
      passes({ has: [`GET ${denied}`] }),
    ),
  ],
};
