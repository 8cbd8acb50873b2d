/** Methods, overrides, paths and pushes: what a route limits must be what the server goes by. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { inTunnel, say } from "../moves.ts";
import type { BlockReason } from "../../../../lib/egress/reason.ts";

const METHOD_FIELDS = [
  "X-HTTP-Method-Override: DELETE",
  "X-Http-Method: DELETE",
  "X-Method-Override: DELETE",
  "x_http_method_override: DELETE",
  "X-HTTP-Method-Override: GET",
] as const;

const PATH_FIELDS = [
  "X-Original-URL: /admin",
  "X-Rewrite-URL: /admin",
  "x_original_url: /admin",
  "X_Rewrite-URL: /ok",
] as const;

/** Under a route for `GET` and `HEAD` below `/ok`: what is asked, and why not. */
const narrow: readonly (readonly [technique: string, line: string, reason: BlockReason])[] = [
  ["another method", "POST /ok", "method"],
  ["a method that begins alike", "GETX /ok", "method"],
  ["another path", "GET /other", "no-match"],
  ["a segment that begins alike", "GET /okay", "no-match"],
  ["upper case", "GET /OK", "no-match"],
  ["dot segments", "GET /ok/../admin", "protocol"],
  ["encoded dot segments", "GET /ok/%2e%2e/admin", "protocol"],
  ["half-encoded dot segments", "GET /ok/.%2E/admin", "protocol"],
  ["an encoded slash", "GET /ok%2f..%2fadmin", "protocol"],
  ["a backslash", "GET /ok\\..\\admin", "protocol"],
  ["an encoded backslash", "GET /ok/..%5cadmin", "protocol"],
  ["a doubly encoded dot", "GET /ok/%252e%252e/admin", "protocol"],
  ["an empty segment first", "GET //ok", "protocol"],
  ["a path parameter", "GET /ok/..;/admin", "protocol"],
  ["an encoded NUL", "GET /ok/%00/../admin", "protocol"],
  ["a percent that escapes nothing", "GET /ok/%zz", "protocol"],
];

const pushes = [
  ["discovery", "GET /r.git/info/refs?service=git-receive-pack HTTP/1.1\r\n"],
  ["discovery, encoded", "GET /r.git/info/refs?service=git%2Dreceive%2Dpack HTTP/1.1\r\n"],
  ["discovery, its key encoded", "GET /r.git/info/refs?%73ervice=git-receive-pack HTTP/1.1\r\n"],
  [
    "discovery, second of two",
    "GET /r.git/info/refs?service=x&service=git-receive-pack HTTP/1.1\r\n",
  ],
  ["discovery, as a list", "GET /r.git/info/refs?service[]=git-receive-pack HTTP/1.1\r\n"],
  ["discovery, upper case", "GET /r.git/info/refs?service=GIT-RECEIVE-PACK HTTP/1.1\r\n"],
  [
    "discovery, an encoded question mark",
    "GET /r.git/info/refs%3Fservice=git-receive-pack HTTP/1.1\r\n",
  ],
  ["discovery by HEAD", "HEAD /r.git/info/refs?service=git-receive-pack HTTP/1.1\r\n"],
  ["the push", "POST /r.git/git-receive-pack HTTP/1.1\r\n"],
  ["the push by PUT", "PUT /r.git/git-receive-pack HTTP/1.1\r\n"],
  ["the push, encoded", "POST /r.git/git%2dreceive-pack HTTP/1.1\r\n"],
  ["the push, a slash behind it", "POST /r.git/git-receive-pack/ HTTP/1.1\r\n"],
  ["the push, by dot segments", "POST /r.git/x/../git-receive-pack HTTP/1.1\r\n"],
  ["the push, with a parameter", "POST /r.git/git-receive-pack;x=1 HTTP/1.1\r\n"],
  [
    "the push, told by its type alone",
    "POST /r HTTP/1.1\r\nContent-Type: application/x-git-receive-pack-request\r\n",
  ],
  [
    "the push, told by the second type",
    "POST /r HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Type: Application/X-Git-Receive-Pack-Request\r\n",
  ],
] as const;

const upgrades = [
  ["h2c", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"],
  ["h2c without Connection", "Upgrade: h2c"],
  ["h2c beside WebSocket", "Connection: Upgrade\r\nUpgrade: websocket, h2c"],
  ["TLS", "Connection: Upgrade\r\nUpgrade: TLS/1.2"],
  ["any other", "Connection: Upgrade\r\nUpgrade: anything/1"],
] as const;

/** Methods. */
export const methods: Group = {
  title: "methods, overrides, paths, pushes, upgrades",
  cases: [
    ...["TRACE", "TRACK"].flatMap((method): Case[] => [
      {
        line: "trace",
        technique: method,
        place: "tunnel",
        run: inTunnel("{keyed}", `${method} / HTTP/1.1\r\nHost: {keyed}\r\n\r\n`),
        expect: refused("method"),
      },
      {
        line: "trace",
        technique: method,
        place: "plain request",
        run: say(`${method} http://{open:http}/ HTTP/1.1\r\nHost: {open:http}\r\n\r\n`),
        expect: refused("method"),
      },
    ]),
    ...METHOD_FIELDS.map((field): Case => ({
      line: "override",
      technique: field,
      place: "field",
      run: inTunnel("{narrow}", `GET /ok HTTP/1.1\r\nHost: {narrow}\r\n${field}\r\n\r\n`),
      expect: refused("method"),
    })),
    ...PATH_FIELDS.map((field): Case => ({
      line: "override",
      technique: field,
      place: "field",
      run: inTunnel("{narrow}", `GET /ok HTTP/1.1\r\nHost: {narrow}\r\n${field}\r\n\r\n`),
      expect: refused("no-match"),
    })),
    ...narrow.map(([technique, line, reason]): Case => ({
      line: "path",
      technique,
      place: "target",
      run: inTunnel("{narrow}", `${line} HTTP/1.1\r\nHost: {narrow}\r\n\r\n`),
      expect: refused(reason),
    })),
    {
      line: "path",
      technique: "what the route allows",
      place: "target",
      run: inTunnel("{narrow}", "GET /ok/x HTTP/1.1\r\nHost: {narrow}\r\n\r\n"),
      expect: passes({ has: ["GET /ok/x HTTP/1.1"] }),
    },
    ...pushes.map(([technique, lines]): Case => ({
      line: "git-push",
      technique,
      place: "tunnel",
      run: inTunnel("{open}", `${lines}Host: {open}\r\n\r\n`),
      expect: refused("git-push"),
    })),
    {
      line: "git-push",
      technique: "a fetch passes",
      place: "tunnel",
      run: inTunnel(
        "{open}",
        "GET /r.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: {open}\r\n\r\n",
      ),
      expect: passes({ has: ["service=git-upload-pack"] }),
    },
    ...upgrades.map(([technique, fields]): Case => ({
      line: "h2c",
      technique,
      place: "field",
      run: inTunnel("{open}", `GET / HTTP/1.1\r\nHost: {open}\r\n${fields}\r\n\r\n`),
      expect: refused("protocol"),
    })),
    ...([["to the proxy", say], [
      "in a tunnel",
      (text: string): Case["run"] => inTunnel("{open}", text),
    ]] as const).map(([place, move]): Case => ({
      line: "prior-knowledge",
      technique: "the preface of HTTP/2",
      place,
      run: move("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
      expect: refused("protocol"),
    })),
  ],
};
