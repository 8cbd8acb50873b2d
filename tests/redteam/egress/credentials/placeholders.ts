/** Placeholders where they don't belong: to everybody else they say that a bottle is there, and which. */

import { gzipSync } from "node:zlib";
import { Buffer } from "node:buffer";
import { type Case, type Expectation, type Group, passes } from "../case.ts";
import type { HostKey } from "../hosts.ts";
import { inTunnel, say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";
import { PLACEHOLDERS } from "../hosts.ts";
import { spellings } from "./spell.ts";

type Row = readonly [technique: string, request: string];

const POST = "POST /x HTTP/1.1\r\nHost: HOST\r\n";

function post(body: string, fields = ""): string {
  return `${POST}${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** `VALUE` is a placeholder. */
const heads: readonly Row[] = [
  ["another header", "GET /x HTTP/1.1\r\nHost: HOST\r\nX-Data: VALUE\r\n\r\n"],
  ["a path", "GET /x/VALUE/y HTTP/1.1\r\nHost: HOST\r\n\r\n"],
  ["a query", "GET /x?q=VALUE HTTP/1.1\r\nHost: HOST\r\n\r\n"],
  ["User-Agent", "GET /x HTTP/1.1\r\nHost: HOST\r\nUser-Agent: curl VALUE\r\n\r\n"],
  ["Referer", "GET /x HTTP/1.1\r\nHost: HOST\r\nReferer: https://a/?VALUE\r\n\r\n"],
  ["a header's name", "GET /x HTTP/1.1\r\nHost: HOST\r\nX-VALUE: y\r\n\r\n"],
];

/** Lengths are those of the placeholder itself. */
function bodies(value: string): readonly Row[] {
  const chunks = value.match(/.{1,9}/g) ?? [];
  const gzipped = Buffer.from(gzipSync(`{"a":"${value}"}`)).toString("latin1");
  return [
    ["a body", post(`{"a":"${value}"}`)],
    [
      "a chunked body",
      `${POST}Transfer-Encoding: chunked\r\n\r\n` +
      chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("") + "0\r\n\r\n",
    ],
    ["a gzipped body", post(gzipped, "Content-Encoding: gzip\r\n")],
    [
      "a part of a form",
      post(
        `--b\r\nContent-Disposition: form-data; name="a"; filename="${value}"\r\n\r\nx\r\n--b--\r\n`,
        "Content-Type: multipart/form-data; boundary=b\r\n",
      ),
    ],
    [
      "a trailer",
      `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Data: ${value}\r\n\r\n`,
    ],
  ];
}

const [first, second] = PLACEHOLDERS;
const another = "{another}";

/** Blocked, whatever the upstream had got of it by then. */
function blocked(value: string): Expectation {
  return { sink: { hasNot: [value] }, rows: ["placeholder"], marks: ["misplaced-placeholder"] };
}

function cases(
  line: ThreatId,
  host: HostKey,
  value: string,
  rows: readonly Row[],
  whose: string,
): Case[] {
  return rows.map(([technique, request]) => ({
    line,
    technique: `${whose}, in ${technique}`,
    place: `to a host ${host === "open" ? "without a credential" : `of "${host}"`}`,
    run: inTunnel(`{${host}}`, request.replaceAll("HOST", `{${host}}`).replaceAll("VALUE", value)),
    expect: blocked(value),
  }));
}

const OTHER = "sk-ant-bot-bottle-other-zz99z-Mm1Nn2Oo3Pp4Qq5Rr6Ss7T";
const authorization: readonly Row[] = [
  ["Authorization", "GET /x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer VALUE\r\n\r\n"],
  ["x-api-key", "GET /x HTTP/1.1\r\nHost: HOST\r\nX-Api-Key: VALUE\r\n\r\n"],
];

/** Misplaced. */
export const placeholders: Group = {
  title: "misplaced placeholders",
  cases: [
    ...cases("placeholder-host", "open", first.value, [...authorization, ...heads], "its own"),
    ...cases("placeholder-place", "open", first.value, bodies(first.value), "its own"),
    ...cases(
      "placeholder-place",
      "keyed",
      first.value,
      [...heads, ...bodies(first.value)],
      "its own",
    ),
    ...cases(
      "placeholder-host",
      "keyed",
      second.value,
      [...authorization, ...heads],
      "another host's",
    ),
    ...cases(
      "placeholder-bottle",
      "open",
      OTHER,
      [...authorization, ...heads, ...bodies(OTHER)],
      "another bottle's",
    ),
    ...cases(
      "placeholder-bottle",
      "keyed",
      OTHER,
      [...authorization, ...heads, ...bodies(OTHER)],
      "another bottle's",
    ),
    ...Object.entries(spellings).filter(([name]) => name !== "plain").map((
      [name, spell],
    ): Case => ({
      line: "placeholder-place",
      technique: `its own, ${name}`,
      place: "in a body to a host without a credential",
      run: inTunnel("{open}", post(`{"a":"${spell(first.value)}"}`).replace("HOST", "{open}")),
      expect: blocked(spell(first.value)),
    })),
    {
      line: "placeholder-host",
      technique: "its own, in Authorization",
      place: "over plain http",
      run: say(
        "GET http://{open:http}/x HTTP/1.1\r\nHost: {open:http}\r\nAuthorization: Bearer {mine}\r\n\r\n",
      ),
      expect: blocked("{mine}"),
    },
    {
      line: "placeholder-host",
      technique: "where it belongs, it is swapped",
      place: "Authorization",
      run: inTunnel(
        "{keyed}",
        "GET /x HTTP/1.1\r\nHost: {keyed}\r\nAuthorization: Bearer {mine}\r\n\r\n",
      ),
      expect: passes({ has: ["Authorization: Bearer {bearer}\r\n"], hasNot: ["{mine}"] }),
    },
    ...bodies(first.value).slice(0, 2).map(([technique, request]): Case => ({
      line: "placeholder-provider",
      technique: `its own, in ${technique}`,
      place: "to the provider's own host",
      run: inTunnel("{provider}", request.replace("HOST", "{provider}")),
      expect: passes({ has: ["*****"], hasNot: ["{mine}"] }, { marks: ["misplaced-placeholder"] }),
    })),
    {
      line: "placeholder-provider",
      technique: "another bottle's, in a body",
      place: "to the provider's own host",
      run: inTunnel("{provider}", post(`{"a":"${OTHER}"}`).replace("HOST", "{provider}")),
      expect: passes({ has: ['{"a":"', '"}'], hasNot: [another] }, {
        marks: ["misplaced-placeholder"],
      }),
    },
    ...heads.slice(0, 4).map(([technique, request]): Case => ({
      line: "placeholder-provider",
      technique: `its own, in ${technique}`,
      place: "to the provider's own host",
      run: inTunnel("{provider}", request.replace("HOST", "{provider}").replace("VALUE", "{mine}")),
      expect: passes({ has: ["*****"], hasNot: ["{mine}"] }, { marks: ["misplaced-placeholder"] }),
    })),
  ],
};
