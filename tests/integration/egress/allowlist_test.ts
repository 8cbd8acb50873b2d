import assert from "node:assert/strict";
import { startProxy } from "../../support/egress/proxy.ts";

const routes = [
  { host: "api.test", auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } },
  { host: "*.open.test", matches: [{ methods: ["GET"] }] },
] as const;
const tokens = { EGRESS_TOKEN_1: "marker-0f0f" };

Deno.test("the agent is told what it may reach, and no secret", async () => {
  await using proxy = await startProxy({ routes, tokens });
  const client = await proxy.plain();
  await client.write("GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n");
  const { status, headers, body } = await client.response();
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/json");
  const told: { readonly routes: readonly { readonly host: string; readonly auth: unknown }[] } =
    JSON.parse(body);
  assert.deepEqual(told.routes.map(({ host, auth }) => [host, auth]), [
    ["api.test", "bearer"],
    ["*.open.test", null],
  ]);
  assert.doesNotMatch(body, /marker|EGRESS_TOKEN|origin/);
  await proxy.rowCount(1);
  assert.deepEqual([proxy.rows[0]?.verdict, proxy.rows[0]?.path], ["allowed", "/allowlist"]);
});

Deno.test("the list goes by the routes of the moment", async () => {
  await using proxy = await startProxy({ routes: [] });
  proxy.engine.replaceRoutes([{ host: "new.test", origin: "allow" }], 2);
  const client = await proxy.plain();
  await client.write("GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n");
  assert.match((await client.response()).body, /"host":"new\.test"/);
});

const others: readonly (readonly [what: string, request: string, status: number])[] = [
  ["another method", "POST http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local", 403],
  ["a query", "GET http://_egress.local/allowlist?x HTTP/1.1\r\nHost: _egress.local", 403],
  ["another Host", "GET http://_egress.local/allowlist HTTP/1.1\r\nHost: api.test", 403],
  [
    "two Hosts",
    "GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\nHost: a.test",
    403,
  ],
  [
    "the name in upper case",
    "GET http://_Egress.local/allowlist HTTP/1.1\r\nHost: _Egress.local",
    400,
  ],
  ["a port", "GET http://_egress.local:80/allowlist HTTP/1.1\r\nHost: _egress.local:80", 400],
  [
    "a dot behind the name",
    "GET http://_egress.local./allowlist HTTP/1.1\r\nHost: _egress.local.",
    400,
  ],
  ["userinfo", "GET http://a@_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local", 400],
  [
    "another name with an underscore",
    "GET http://_egress2.local/ HTTP/1.1\r\nHost: _egress2.local",
    400,
  ],
  ["a tunnel to it", "CONNECT _egress.local:443 HTTP/1.1\r\nHost: _egress.local:443", 400],
];

for (const [what, request, status] of others) {
  Deno.test(`the list is refused to ${what}`, async () => {
    await using proxy = await startProxy({ routes, tokens });
    const client = await proxy.plain();
    await client.write(`${request}\r\n\r\n`);
    const answer = await client.response();
    assert.equal(answer.status, status);
    assert.doesNotMatch(answer.body, /open\.test/);
  });
}
