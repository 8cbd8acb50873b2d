import assert from "node:assert/strict";
import { parseRequestHead } from "../../../../../lib/egress/http1/request_head.ts";
import { hostName } from "../../../../../lib/egress/host/host.ts";
import { type ConnectTarget, judgeConnect } from "../../../../../lib/egress/judge/judge_connect.ts";
import { judgeRequest } from "../../../../../lib/egress/judge/judge_request.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import { compileRoutes } from "../../../../../lib/egress/route/route_table.ts";

const table = compileRoutes([
  { host: "api.test", origin: "test", matches: [{ methods: ["GET"] }] },
  { host: "open.test", origin: "test" },
  {
    host: "path.test",
    origin: "test",
    matches: [{ paths: [{ type: "prefix", value: "/ok" }] }],
  },
]);
const api = { host: { kind: "name", name: hostName("api.test") }, port: 443 } as const;
const path = { host: { kind: "name", name: hostName("path.test") }, port: 443 } as const;
const open = { host: { kind: "name", name: hostName("open.test") }, port: 443 } as const;

/** The refusal's reason, or the path that may go. */
function judged(text: string, tunnel: ConnectTarget | undefined): string {
  const decision = judgeRequest(table, parseRequestHead(text), tunnel);
  return decision.ok ? `ok ${decision.path}` : decision.reason;
}

const cases: readonly (readonly [
  name: string,
  text: string,
  tunnel: ConnectTarget | undefined,
  expected: string,
])[] = [
  ["a request in its tunnel", "GET /a?b HTTP/1.1\r\nHost: api.test", api, "ok /a?b"],
  ["Host in another spelling", "GET / HTTP/1.1\r\nHost: API.test.:443", api, "ok /"],
  ["a method that the route does not name", "POST / HTTP/1.1\r\nHost: api.test", api, "method"],
  [
    "a method that a header overrides",
    "GET / HTTP/1.1\r\nHost: api.test\r\nX-HTTP-Method-Override: DELETE",
    api,
    "method",
  ],
  [
    "a method that a header with underscores overrides",
    "GET / HTTP/1.1\r\nHost: api.test\r\nX_HTTP_Method_Override: DELETE",
    api,
    "method",
  ],
  [
    "that header where methods are not limited",
    "GET / HTTP/1.1\r\nHost: open.test\r\nX-HTTP-Method-Override: DELETE",
    open,
    "ok /",
  ],
  [
    "a path that a header overrides",
    "GET /ok HTTP/1.1\r\nHost: path.test\r\nX-Original-URL: /files",
    path,
    "no-match",
  ],
  [
    "a path that another header overrides",
    "GET /ok HTTP/1.1\r\nHost: path.test\r\nx_rewrite_url: /files",
    path,
    "no-match",
  ],
  [
    "such a header where only methods are limited",
    "GET /ok HTTP/1.1\r\nHost: api.test\r\nX-Original-URL: /files",
    api,
    "ok /ok",
  ],
  ["TRACE", "TRACE / HTTP/1.1\r\nHost: open.test", open, "method"],
  ["TRACK", "TRACK / HTTP/1.1\r\nHost: open.test", open, "method"],
  ["CONNECT", "CONNECT / HTTP/1.1\r\nHost: open.test", open, "protocol"],
  ["no Host", "GET / HTTP/1.1", api, "protocol"],
  ["an empty Host", "GET / HTTP/1.1\r\nHost:", api, "protocol"],
  ["another Host", "GET / HTTP/1.1\r\nHost: open.test", api, "protocol"],
  ["the Host of plain http", "GET / HTTP/1.1\r\nHost: api.test:80", api, "protocol"],
  ["an absolute target", "GET http://api.test/ HTTP/1.1\r\nHost: api.test", api, "protocol"],
  ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: api.test", api, "protocol"],
  ["an expectation", "GET / HTTP/1.1\r\nHost: api.test\r\nExpect: magic", api, "protocol"],
  [
    "a push",
    "POST /r/git-receive-pack HTTP/1.1\r\nHost: open.test\r\nContent-Length: 0",
    open,
    "git-push",
  ],
  [
    "a push by its content type",
    "POST /r HTTP/1.1\r\nHost: open.test\r\nContent-Type: application/x-git-receive-pack-request",
    open,
    "git-push",
  ],
  [
    "a push by its second content type",
    "POST /r HTTP/1.1\r\nHost: open.test\r\nContent-Type: text/plain\r\n" +
    "Content-Type: application/x-git-receive-pack-request",
    open,
    "git-push",
  ],
  ["plain http", "GET http://open.test HTTP/1.1\r\nHost: open.test", undefined, "ok /"],
  [
    "a query without a path",
    "GET http://open.test?a HTTP/1.1\r\nHost: open.test",
    undefined,
    "ok /?a",
  ],
  [
    "the scheme in upper case",
    "GET HTTP://open.test/ HTTP/1.1\r\nHost: open.test",
    undefined,
    "ok /",
  ],
  [
    "https in the open",
    "GET https://open.test/ HTTP/1.1\r\nHost: open.test",
    undefined,
    "protocol",
  ],
  ["origin form in the open", "GET / HTTP/1.1\r\nHost: open.test", undefined, "protocol"],
  [
    "a port that is not the route's",
    "GET http://open.test:8080/ HTTP/1.1\r\nHost: open.test:8080",
    undefined,
    "port",
  ],
  [
    "a host without a route",
    "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test",
    undefined,
    "host-not-allowed",
  ],
  [
    "userinfo",
    "GET http://open.test@evil.test/ HTTP/1.1\r\nHost: evil.test",
    undefined,
    "protocol",
  ],
  [
    "a backslash",
    "GET http://open.test\\@evil.test/ HTTP/1.1\r\nHost: open.test",
    undefined,
    "protocol",
  ],
  ["no host", "GET http:///a HTTP/1.1\r\nHost: open.test", undefined, "protocol"],
];

for (const [name, text, tunnel, expected] of cases) {
  Deno.test(`judgeRequest of ${name}`, () => assert.equal(judged(text, tunnel), expected));
}

const handshake = [
  "GET /socket HTTP/1.1",
  "Host: api.test",
  "Connection: keep-alive, Upgrade",
  "Upgrade: WebSocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

Deno.test("judgeRequest lets a WebSocket begin where its GET may go", () => {
  const decision = judgeRequest(table, parseRequestHead(handshake.join("\r\n")), api);
  assert.ok(decision.ok);
  assert.equal(decision.upgrade, "websocket");
  assert.deepEqual(decision.headers.map(([name]) => name), [
    "Host",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Key",
  ]);
  const plain = judgeRequest(table, parseRequestHead("GET / HTTP/1.1\r\nHost: api.test"), api);
  assert.ok(plain.ok && plain.upgrade === undefined);
  const elsewhere = handshake.join("\r\n").replace("/socket", "/no").replace("api", "path");
  assert.equal(judged(elsewhere, path), "no-match");
});

const upgrades: readonly (readonly [name: string, at: number, line: string])[] = [
  ["h2c", 3, "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"],
  ["h2c beside WebSocket", 3, "Upgrade: websocket, h2c"],
  ["two protocols in two fields", 3, "Upgrade: websocket\r\nUpgrade: h2c"],
  ["TLS", 3, "Upgrade: TLS/1.0"],
  ["a version of it", 3, "Upgrade: websocket/13"],
  ["a POST", 0, "POST /socket HTTP/1.1"],
  ["HTTP/1.0", 0, "GET /socket HTTP/1.0"],
  ["a body", 5, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 1"],
  ["chunks", 5, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nTransfer-Encoding: chunked"],
  ["no mention by Connection", 2, "Connection: keep-alive"],
  ["an old version", 4, "Sec-WebSocket-Version: 8"],
  ["two versions", 4, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13"],
  ["no version", 4, "X-A: 1"],
  ["no key", 5, "X-A: 1"],
  ["a short key", 5, "Sec-WebSocket-Key: dGhl"],
  [
    "two keys",
    5,
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ],
];

for (const [name, at, line] of upgrades) {
  Deno.test(`judgeRequest refuses to change the protocol with ${name}`, () => {
    const text = handshake.with(at, line).join("\r\n");
    const target = at === 0 && line.startsWith("POST") ? open : api;
    assert.equal(judged(text.replace("api.test", target.host.name), target), "protocol");
  });
}

Deno.test("judgeRequest passes HTTP2-Settings without an upgrade on to nobody", () => {
  const text = "GET / HTTP/1.1\r\nHost: api.test\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA";
  const decision = judgeRequest(table, parseRequestHead(text), api);
  assert.ok(decision.ok);
  assert.deepEqual(decision.headers, [["Host", "api.test"]]);
});

Deno.test("judgeRequest takes off what names another host, client or path", () => {
  const told = ["X-Forwarded-Host", "x_forwarded_for", "Forwarded", "X-Host", "X-Original-URL"];
  const lines = ["GET / HTTP/1.1", "Host: open.test", ...told.map((name) => `${name}: evil.test`)];
  const decision = judgeRequest(table, parseRequestHead([...lines, "A: b"].join("\r\n")), open);
  assert.ok(decision.ok);
  assert.deepEqual(decision.headers, [["Host", "open.test"], ["A", "b"]]);
});

Deno.test("judgeRequest refuses a push that hides behind another method or under an expression", () => {
  const push =
    "GET /r/git-receive-pack HTTP/1.1\r\nHost: open.test\r\nX-HTTP-Method-Override: POST";
  assert.equal(judged(push, open), "git-push");
  assert.equal(
    judged("GET /r/git-receive-pack?_method=POST HTTP/1.1\r\nHost: open.test", open),
    "git-push",
  );
  const anything = compileRoutes([
    { host: "open.test", origin: "m", matches: [{ paths: [{ type: "regex", value: "/.*" }] }] },
  ]);
  const head = parseRequestHead("POST /r/git-receive-pack HTTP/1.1\r\nHost: open.test");
  const decision = judgeRequest(anything, head, open);
  assert.ok(!decision.ok && decision.reason === "git-push");
});

Deno.test("judgeRequest judges a request of HTTP/2 by the same routes", () => {
  const ask = (method: string, target: string, fields: HeaderList = []): string => {
    const headers = [["host", "api.test"], ...fields] as const;
    const table = compileRoutes([{
      host: "api.test",
      origin: "m",
      matches: [{
        methods: ["GET", "POST"],
        paths: [{ type: "regex", value: "/v1/.*" }],
        headers: [{ name: "accept", type: "exact", value: "a/b" }],
      }],
    }]);
    const head = { method, target, version: "2", headers, hasBody: method === "POST" } as const;
    const decision = judgeRequest(table, head, api);
    return decision.ok ? "ok" : decision.reason;
  };
  const accept = ["accept", "a/b"] as const;
  assert.equal(ask("GET", "/v1/x", [accept]), "ok");
  assert.equal(ask("POST", "/v1/x", [accept]), "ok");
  assert.equal(ask("GET", "/v1/x"), "no-match");
  assert.equal(ask("GET", "/v1/x", [accept, ["accept", "c/d"]]), "no-match");
  assert.equal(ask("DELETE", "/v1/x", [accept]), "method");
  assert.equal(ask("GET", "/v1/../x", [accept]), "protocol");
  assert.equal(ask("GET", "https://api.test/v1/x", [accept]), "protocol");
  assert.equal(ask("GET", "https://evil.test/v1/x", [accept]), "protocol");
  assert.equal(ask("GET", "/v1/x", [accept, ["x-http-method-override", "PUT"]]), "method");
  assert.equal(ask("POST", "/v1/git-receive-pack", [accept]), "git-push");
  assert.equal(ask("GET", "/v1/info/refs?service=git-receive-pack", [accept]), "git-push");
  assert.equal(ask("CONNECT", "/v1/x", [accept]), "protocol");
});

Deno.test("judgeRequest judges the fields that will go out, and not those that Connection takes off", () => {
  const limited = compileRoutes([{
    host: "api.test",
    origin: "m",
    matches: [{ headers: [{ name: "x-team", type: "exact", value: "blue" }] }],
  }]);
  const ask = (fields: string): string => {
    const head = parseRequestHead(`GET / HTTP/1.1\r\nHost: api.test\r\n${fields}`);
    const decision = judgeRequest(limited, head, api);
    return decision.ok ? "ok" : decision.reason;
  };
  assert.equal(ask("X-Team: blue"), "ok");
  assert.equal(ask("X-Team: red"), "no-match");
  assert.equal(ask("X-Team: blue\r\nx_team: red"), "no-match");
  assert.equal(ask("X-Team: blue\r\nConnection: X-Team"), "no-match");
  assert.equal(ask("Accept: a/b"), "no-match");
});

Deno.test("judgeRequest throws for ambiguous framing", () => {
  const head = parseRequestHead(
    "POST / HTTP/1.1\r\nHost: open.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
  );
  assert.throws(() => judgeRequest(table, head, open), { code: "http-malformed" });
});

Deno.test("judgeRequest tells where another request may follow a refusal", () => {
  const refused = (text: string): boolean | undefined => {
    const decision = judgeRequest(table, parseRequestHead(text), api);
    return decision.ok ? undefined : decision.isReusable ?? false;
  };
  assert.equal(refused("DELETE / HTTP/1.1\r\nHost: api.test"), true);
  assert.equal(refused("POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1"), false);
  assert.equal(refused("DELETE / HTTP/1.1\r\nHost: api.test\r\nConnection: close"), false);
  assert.equal(refused("DELETE / HTTP/1.0\r\nHost: api.test"), false);
  assert.equal(refused("DELETE / HTTP/1.1\r\nHost: evil.test"), false);
});

Deno.test("judgeConnect lets HTTP/1.0 leave Host out, and nobody name two", () => {
  const reason = (text: string): string => {
    const decision = judgeConnect(table, parseRequestHead(text));
    return decision.ok ? "ok" : decision.reason;
  };
  assert.equal(reason("CONNECT api.test:443 HTTP/1.0"), "ok");
  assert.equal(reason("CONNECT api.test:443 HTTP/1.1"), "protocol");
  assert.equal(reason("CONNECT api.test:443 HTTP/1.1\r\nHost: api.test"), "ok");
  assert.equal(
    reason("CONNECT api.test:443 HTTP/1.1\r\nHost: api.test\r\nHost: a.test"),
    "protocol",
  );
  assert.equal(reason("CONNECT api.test:443 HTTP/1.1\r\nHost: a.test:443"), "protocol");
  assert.equal(reason("CONNECT api.test:22 HTTP/1.1\r\nHost: api.test:22"), "port");
  assert.equal(reason("CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443"), "ip-literal");
});
