import assert from "node:assert/strict";
import type { RouteMatch } from "../../../lib/egress/route/route.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startProxy, type TestRoute } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

/** What the client gets, and what the upstream got. */
interface Asked {
  readonly status: number;
  readonly reason: string | undefined;
  readonly received: string;
}

/** Sends one request through a tunnel, under one route. */
async function ask(
  route: Omit<TestRoute, "host" | "ports" | "allow_private">,
  request: string,
  fields: readonly string[] = [],
): Promise<Asked> {
  await using upstream = startRecorder(leaf);
  const routes = [{ ...route, host: "origin.test", ports: [upstream.port], allow_private: true }];
  const tokens = { EGRESS_TOKEN_1: "marker-77aa" };
  await using proxy = await startProxy({ routes, tokens, caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const lines = [`${request} HTTP/1.1`, `Host: ${host}`, ...fields, "", ""];
  await client.write(lines.join("\r\n"));
  const { status, headers } = await client.response();
  assert.deepEqual(proxy.log, []);
  return { status, reason: headers.get("x-bot-bottle-block"), received: upstream.received };
}

const limited: { readonly matches: readonly RouteMatch[] } = {
  matches: [
    {
      methods: ["GET"],
      paths: [{ type: "regex", value: "/v[0-9]+/models(/[a-z0-9.-]+)?" }],
    },
    {
      methods: ["POST"],
      paths: [{ type: "exact", value: "/v1/run" }],
      headers: [
        { name: "content-type", type: "exact", value: "application/json" },
        { name: "x-team", type: "regex", value: "(blue|green)-[0-9]{1,3}" },
      ],
    },
  ],
};
const JSON_TYPE = "Content-Type: application/json";
const EMPTY = "Content-Length: 0";

const passing: readonly (readonly [what: string, request: string, fields?: readonly string[]])[] = [
  ["a path that an expression fits", "GET /v1/models"],
  ["a longer one, with a query", "GET /v22/models/gpt-4.1?a=/../b"],
  ["an escape of what needs none", "GET /v1/%6Dodels"],
  ["the fields that are wanted", "POST /v1/run", [JSON_TYPE, "X-Team: blue-7", EMPTY]],
  ["fields in another spelling", "POST /v1/run", [
    "CONTENT-TYPE: application/json",
    "x-team: green-123",
    EMPTY,
  ]],
  ["a field twice that fits twice", "POST /v1/run", [
    JSON_TYPE,
    "X-Team: blue-7",
    "X-Team: green-7",
    EMPTY,
  ]],
];

for (const [what, request, fields] of passing) {
  Deno.test(`${what} goes through`, async () => {
    const { status, received } = await ask(limited, request, fields);
    assert.equal(status, 200);
    assert.ok(received.startsWith(`${request} HTTP/1.1\r\n`), received);
  });
}

const refused: readonly (readonly [
  what: string,
  reason: string,
  request: string,
  fields?: readonly string[],
])[] = [
  ["a path that an expression fits in part", "no-match", "GET /v1/models/a/b"],
  ["a path that only begins as the expression", "no-match", "GET /v1/modelsx"],
  ["another method than the expression's", "method", "DELETE /v1/models"],
  ["a dot segment below an expression", "protocol", "GET /v1/models/../run"],
  ["an escaped slash", "protocol", "GET /v1/models%2Fx"],
  ["an escape in an escape", "protocol", "GET /v1/models/%252e%252e"],
  ["a full-width slash", "protocol", "GET /v1/models%EF%BC%8F.."],
  ["full-width dots", "protocol", "GET /v1/models/%EF%BC%8E%EF%BC%8E/run"],
  ["bytes that are no UTF-8", "protocol", "GET /v1/models/%C0%AE%C0%AE"],
  ["an escape of IIS", "protocol", "GET /v1/models%u002f"],
  ["a segment's parameter", "protocol", "GET /v1/models;x=../run"],
  ["an escaped question mark", "protocol", "GET /v1/models%3F"],
  ["a zero-width space between dots", "protocol", "GET /v1/models/.%E2%80%8B./run"],
  ["a field that is missing", "no-match", "POST /v1/run", [JSON_TYPE, EMPTY]],
  ["a field with another value", "no-match", "POST /v1/run", [JSON_TYPE, "X-Team: red-7", EMPTY]],
  ["a field that fits in part", "no-match", "POST /v1/run", [JSON_TYPE, "X-Team: blue-7 x", EMPTY]],
  ["a field twice that fits once", "no-match", "POST /v1/run", [
    JSON_TYPE,
    "X-Team: blue-7",
    "X-Team: red-7",
    EMPTY,
  ]],
  ["a second field with an underscore", "no-match", "POST /v1/run", [
    JSON_TYPE,
    "X-Team: blue-7",
    "X_Team: red-7",
    EMPTY,
  ]],
  ["a field that Connection takes off", "no-match", "POST /v1/run", [
    JSON_TYPE,
    "X-Team: blue-7",
    "Connection: X-Team",
    EMPTY,
  ]],
  ["a method in a header", "method", "GET /v1/models", ["X-HTTP-Method-Override: DELETE"]],
  ["a method in the query", "method", "GET /v1/models?_method=DELETE"],
  ["a path in a header", "no-match", "GET /v1/models", ["X-Original-URL: /admin"]],
  ["a destination", "no-match", "GET /v1/models", ["Destination: https://origin.test/admin"]],
  ["an upgrade to h2c", "protocol", "GET /v1/models", [
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
  ]],
  ["an absolute target", "protocol", "GET https://origin.test/v1/models"],
];

for (const [what, reason, request, fields] of refused) {
  Deno.test(`${what} is refused, and the upstream gets nothing`, async () => {
    const asked = await ask(limited, request, fields);
    assert.deepEqual([asked.reason, asked.received], [reason, ""]);
  });
}

Deno.test("what names another host, path or client goes off every request", async () => {
  const told = [
    "X-Forwarded-Host",
    "X-Forwarded-For",
    "X_Forwarded_Proto",
    "X-Forwarded-Prefix",
    "Forwarded",
    "X-Host",
    "X-Original-Host",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Real-IP",
    "True-Client-IP",
  ];
  const { status, received } = await ask({}, "GET /", told.map((name) => `${name}: marker-evil`));
  assert.equal(status, 200);
  assert.doesNotMatch(received, /marker-evil/);
});

Deno.test("a route with the agent's own credentials lets them through, and those of the hop to nobody", async () => {
  const { status, received } = await ask({ auth: { scheme: "agent" } }, "GET /", [
    "Authorization: Bearer marker-agent",
    "X-Api-Key: marker-key",
    "Proxy-Authorization: Basic marker-hop",
  ]);
  assert.equal(status, 200);
  assert.match(received, /Authorization: Bearer marker-agent\r\n/);
  assert.match(received, /X-Api-Key: marker-key\r\n/);
  assert.doesNotMatch(received, /marker-hop/);
});

Deno.test("a route without them takes them off", async () => {
  const { received } = await ask({}, "GET /", ["Authorization: Bearer marker-agent"]);
  assert.doesNotMatch(received, /marker-agent/);
});
