/** The agent's own credentials: a request goes out under the bottle's identity or none, or an attacker's key is a way out of an allowed host. */

import { type Case, type Group, passes } from "../case.ts";
import type { HostKey } from "../hosts.ts";
import { inTunnel, say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

type Row = readonly [line: ThreatId, technique: string, field: string];

/** Taken off every request, whatever the route. */
const always: readonly Row[] = [
  ["own-authorization", "Bearer", "Authorization: Bearer {theirs}"],
  ["own-authorization", "upper case", "AUTHORIZATION: Bearer {theirs}"],
  ["own-authorization", "mixed case", "aUtHoRiZaTiOn: Basic {theirs}"],
  ["own-authorization", "twice", "Authorization: a\r\nAuthorization: Bearer {theirs}"],
  ["own-authorization", "without a scheme", "Authorization: {theirs}"],
  ["own-authorization", "for the proxy", "Proxy-Authorization: Basic {theirs}"],
  ["own-authorization", "for the proxy, by an underscore", "Proxy_Authorization: Basic {theirs}"],
  ["own-key", "x-api-key", "X-Api-Key: {theirs}"],
  ["own-key", "upper case", "X-API-KEY: {theirs}"],
  ["own-key", "underscores", "X_Api_Key: {theirs}"],
  ["own-key", "an underscore and a hyphen", "X-Api_Key: {theirs}"],
  ["own-key", "dots, as a variable the same", "X.Api.Key: {theirs}"],
];

/** Besides, where the bottle's own goes on. */
const credentialed: readonly Row[] = [
  ["own-cookie", "a session", "Cookie: session={theirs}"],
  ["own-cookie", "upper case", "COOKIE: session={theirs}"],
  ["own-cookie", "several", "Cookie: a=1\r\nCookie: session={theirs}"],
  ["own-key", "api-key", "api-key: {theirs}"],
  ["own-key", "apikey", "ApiKey: {theirs}"],
  ["own-key", "Google's", "x-goog-api-key: {theirs}"],
  ["own-key", "GitLab's", "PRIVATE-TOKEN: {theirs}"],
  ["own-key", "GitLab's, of a job", "JOB-TOKEN: {theirs}"],
  ["own-key", "GitLab's, by an underscore", "Private_Token: {theirs}"],
  ["own-key", "OpenStack's", "X-Auth-Token: {theirs}"],
  ["own-key", "x-access-token", "X-Access-Token: {theirs}"],
];

/** Queries, and what is left of them. */
const queries: readonly (readonly [technique: string, query: string, rest: string])[] = [
  ["access_token", "?access_token={theirs}&page=2", "/x?page=2 "],
  ["in the middle", "?a=1&private_token={theirs}&page=2", "/x?a=1&page=2 "],
  ["alone", "?api_key={theirs}", "/x "],
  ["upper case", "?API_KEY={theirs}", "/x "],
  ["a hyphen", "?api-key={theirs}", "/x "],
  ["percent-encoded", "?%61ccess_token={theirs}", "/x "],
  ["a plus before it", "?+token={theirs}", "/x "],
  ["as a list", "?token[]={theirs}", "/x "],
  ["behind a semicolon", "?a=1;token={theirs}", "/x?a=1 "],
  ["twice", "?token={theirs}&token={theirs}", "/x "],
  ["behind a second question mark", "??token={theirs}", "/x "],
];

function stripped(
  [line, technique, field]: Row,
  host: HostKey,
  own: string,
  marks: readonly string[],
): Case {
  return {
    line,
    technique: `${technique}, to a host ${
      own === "" ? "without a credential" : `that gets ${own.split(":")[0]}`
    }`,
    place: "field",
    run: inTunnel(
      `{${host}}`,
      `GET /x HTTP/1.1\r\nHost: {${host}}\r\n${field}\r\nX-End: 1\r\n\r\n`,
    ),
    expect: passes({ has: ["X-End: 1\r\n", own], hasNot: ["{theirs}"] }, { marks }),
  };
}

/** In every field that would be a foreign credential; `proxy-authorization` is the hop's and no mark's. */
function marksOf(field: string): readonly string[] {
  return /^proxy/i.test(field) ? [] : ["foreign-credential"];
}

const BEARER = "Authorization: Bearer {bearer}\r\n";
const KEY = "x-api-key: {apikey}\r\n";
const GOOGLE = "x-goog-api-key: {apikey}\r\n";

/** The agent's own. */
export const own: Group = {
  title: "the agent's own credentials",
  cases: [
    ...always.map((row) => stripped(row, "open", "", [])),
    ...[...always, ...credentialed].flatMap((row) => [
      stripped(row, "keyed", BEARER, marksOf(row[2])),
      stripped(row, "header", KEY, marksOf(row[2])),
    ]),
    stripped(["own-key", "Google's", "X-Goog_Api-Key: {theirs}"], "google", GOOGLE, [
      "foreign-credential",
    ]),
    ...queries.map(([technique, query, rest]): Case => ({
      line: "own-query",
      technique,
      place: "query",
      run: inTunnel("{keyed}", `GET /x${query} HTTP/1.1\r\nHost: {keyed}\r\n\r\n`),
      expect: passes({ has: [`GET ${rest}HTTP/1.1`, BEARER], hasNot: ["{theirs}"] }, {
        marks: ["foreign-credential"],
      }),
    })),
    {
      line: "own-query",
      technique: "Google's ?key=",
      place: "query",
      run: inTunnel("{google}", "GET /x?key={theirs}&a=1 HTTP/1.1\r\nHost: {google}\r\n\r\n"),
      expect: passes({ has: ["GET /x?a=1 HTTP/1.1", GOOGLE], hasNot: ["{theirs}"] }),
    },
    ...["Authorization: Bearer", "X-Api-Key:", "Cookie: a=", "Proxy-Authorization:"].map((
      field,
    ): Case => ({
      line: "own-trailer",
      technique: field.split(":")[0] ?? "",
      place: "trailer",
      run: inTunnel(
        "{keyed}",
        "POST /x HTTP/1.1\r\nHost: {keyed}\r\nTransfer-Encoding: chunked\r\n\r\n" +
          `2\r\nok\r\n0\r\n${field} {theirs}\r\nX-Sum: 1\r\n\r\n`,
      ),
      expect: passes({ has: [BEARER, "X-Sum: 1\r\n\r\n"], hasNot: ["{theirs}"] }),
    })),
    ...(["keyed", "header", "basic", "google"] as const).map((host): Case => ({
      line: "plain-http",
      technique: `the credential of ${host}, asked for without TLS`,
      place: "plain request",
      run: say(
        `GET http://{${host}:http}/x HTTP/1.1\r\nHost: {${host}:http}\r\nAuthorization: Bearer {theirs}\r\n\r\n`,
      ),
      expect: passes({
        has: ["GET /x HTTP/1.1"],
        hasNot: ["{theirs}", "{bearer}", "{apikey}", "uthorization", "api-key"],
      }),
    })),
    ...["Connection: Authorization", "Connection: x-api-key, close"].map((field): Case => ({
      line: "own-authorization",
      technique: `${field}, to have the bottle's own taken off`,
      place: "field",
      run: inTunnel("{keyed}", `GET /x HTTP/1.1\r\nHost: {keyed}\r\n${field}\r\n\r\n`),
      expect: passes({ has: [BEARER] }),
    })),
  ],
};
