/** Upstreams that send back what they were sent: the agent must not learn what was put on for it. */

import { type Case, type Group, passes } from "../case.ts";
import { TOKENS } from "../hosts.ts";
import { inTunnel } from "../moves.ts";
import { type Respond, respondWith } from "../sink.ts";
import type { ThreatId } from "../../threats.ts";
import { isOneLine, type Spell, spellings } from "./spell.ts";

const GET = "GET /echo HTTP/1.1\r\nHost: {keyed}\r\n\r\n";
const SECRET = TOKENS.EGRESS_TOKEN_1;
const OK = "HTTP/1.1 200 OK\r\n";

function withLength(body: string): string {
  return `${OK}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** In chunks of so many bytes. */
function inChunks(body: string, size: number): string {
  const pieces = body.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
  return `${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
}

/** Both ends of what is sent back are heard, and nothing of what is between: not even in part. */
function silent(
  line: ThreatId,
  technique: string,
  place: string,
  echoed: string,
  respond: Respond,
): Case {
  return {
    line,
    technique,
    place,
    run: inTunnel("{keyed}", GET),
    respond,
    expect: passes({ has: ["Authorization: Bearer {bearer}\r\n"] }, {
      heard: { has: ["before", "after"], hasNot: [echoed, SECRET] },
    }),
  };
}

function inPlaces([name, spell]: readonly [string, Spell]): Case[] {
  const echoed = spell(SECRET);
  const line = name === "plain" ? "echo-plain" : "echo-encoded";
  const text = `before ${echoed} after`;
  return [
    silent(line, name, "body", echoed, respondWith(withLength(text))),
    silent(
      "echo-border",
      `${name}, in chunks of 7`,
      "body",
      echoed,
      respondWith(inChunks(text, 7)),
    ),
    ...isOneLine(echoed)
      ? [
        silent(
          "echo-header",
          name,
          "field",
          echoed,
          respondWith(`${OK}X-Echo: before ${echoed} after\r\nContent-Length: 0\r\n\r\n`),
        ),
      ]
      : [],
  ];
}

const text = `before ${SECRET} after`;

/** Piece by piece, each a write of its own. */
function dribbling(size: number): Respond {
  return async (wire) => {
    await wire.write(`${OK}Content-Length: ${text.length}\r\n\r\n`);
    for (let at = 0; at < text.length; at += size) {
      await wire.write(text.slice(at, at + size));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
}

/** Fields of a head, and what is near it. */
const heads: readonly (readonly [technique: string, response: string])[] = [
  ["Set-Cookie", `${OK}Set-Cookie: a=before${SECRET}after; Secure\r\nContent-Length: 0\r\n\r\n`],
  [
    "Location",
    `HTTP/1.1 302 Found\r\nLocation: /before/${SECRET}/after\r\nContent-Length: 0\r\n\r\n`,
  ],
  [
    "WWW-Authenticate",
    `HTTP/1.1 401 x\r\nWWW-Authenticate: before "${SECRET}" after\r\nContent-Length: 0\r\n\r\n`,
  ],
  ["twice in one field", `${OK}X: before ${SECRET},${SECRET} after\r\nContent-Length: 0\r\n\r\n`],
  [
    "the whole field as it was sent",
    `${OK}X: before Authorization: Bearer ${SECRET} after\r\nContent-Length: 0\r\n\r\n`,
  ],
  ["the reason", `HTTP/1.1 200 before ${SECRET} after\r\nContent-Length: 0\r\n\r\n`],
  ["an interim response", `HTTP/1.1 103 x\r\nLink: before ${SECRET}\r\n\r\n${withLength("after")}`],
  [
    "a trailer",
    `${OK}Transfer-Encoding: chunked\r\n\r\n6\r\nbefore\r\n0\r\nX-Echo: ${SECRET} after\r\n\r\n`,
  ],
];

/** Bodies. */
const bodies: readonly (readonly [line: ThreatId, technique: string, respond: Respond])[] = [
  ["echo-border", "a chunk for each byte", respondWith(inChunks(text, 1))],
  ["echo-border", "a chunk's end in its middle", respondWith(inChunks(text, 20))],
  ["echo-border", "a write for each byte", dribbling(1)],
  ["echo-border", "a write for each five bytes", dribbling(5)],
  ["echo-border", "behind 200 kB", respondWith(withLength(`${"-".repeat(200_000)}${text}`))],
  [
    "echo-border",
    "at the border of 64 kB",
    respondWith(withLength(`${"-".repeat(65_520)}${text}`)),
  ],
  [
    "echo-border",
    "behind its own beginning",
    respondWith(withLength(`before ${SECRET.slice(0, 9)}${SECRET} after`)),
  ],
  [
    "echo-plain",
    "a hundred times",
    respondWith(withLength(`before ${`${SECRET} `.repeat(100)}after`)),
  ],
  [
    "echo-plain",
    "on an error page",
    respondWith(`HTTP/1.1 500 x\r\nContent-Length: ${text.length}\r\n\r\n${text}`),
  ],
  [
    "echo-plain",
    "in an event",
    respondWith(
      `${OK}Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${
        (text.length + 8).toString(16)
      }\r\ndata: ${text}\n\n\r\n0\r\n\r\n`,
    ),
  ],
  ["echo-plain", "up to the connection's end", async (wire) => {
    await wire.write(`${OK}Connection: close\r\n\r\n${text}`);
    throw new Error("over");
  }],
];

/** Echoes. */
export const echo: Group = {
  title: "echoes of the injected value",
  cases: [
    ...Object.entries(spellings).flatMap(inPlaces),
    ...heads.map(([technique, response]) =>
      silent("echo-header", technique, "head", SECRET, respondWith(response))
    ),
    ...bodies.map(([line, technique, respond]) => silent(line, technique, "body", SECRET, respond)),
    {
      line: "echo-header",
      technique: "a field's name",
      place: "head",
      run: inTunnel("{keyed}", GET),
      respond: respondWith(`${OK}X-${SECRET}: y\r\nContent-Length: 2\r\n\r\nok`),
      expect: passes({ has: ["{bearer}"] }, { heard: { has: ["ok"], hasNot: [SECRET] } }),
    },
    {
      line: "echo-plain",
      technique: "a host without a credential answers as it is",
      place: "body",
      run: inTunnel("{open}", GET.replace("{keyed}", "{open}")),
      respond: respondWith(withLength("before sk-nothing-of-the-bottle after")),
      expect: passes({ hasNot: ["{bearer}"] }, { heard: { has: ["sk-nothing-of-the-bottle"] } }),
    },
  ],
};
