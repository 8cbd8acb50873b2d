import assert from "node:assert/strict";
import type { EgressConfig } from "../../../lib/egress/config.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import {
  type CompanyProxyStandIn,
  refusal,
  startCompanyProxy,
} from "../../support/egress/company_proxy.ts";
import {
  address,
  LOOPBACK,
  type Proxy,
  type ProxyOptions,
  startProxy,
} from "../../support/egress/proxy.ts";
import { type Recorder, startRecorder } from "../../support/egress/recorder.ts";
import { CLIENT_KEY } from "../../support/egress/websocket.ts";
import { type WireResponse } from "../../support/egress/wire.ts";

const AUTHORIZATION = `Basic ${btoa("ann:hunter2-marker")}`;
const TOKEN = "sk-real-marker-71f0c2";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });

function setting(
  { port }: { readonly port: number },
  change: Partial<NonNullable<EgressConfig["upstream_proxy"]>> = {},
): NonNullable<EgressConfig["upstream_proxy"]> {
  return { host: "proxy.test", port, authorization: AUTHORIZATION, no_proxy: [], ...change };
}

/** An egress behind a company's proxy. Only the proxy's own name resolves, and to a private address, as they have. */
function startBehind(
  company: { readonly port: number },
  options: Partial<ProxyOptions> & Pick<ProxyOptions, "routes">,
): Promise<Proxy> {
  return startProxy({
    upstreamProxy: setting(company),
    caPem: ca.cert_pem,
    resolve: (name) => Promise.resolve(name === "proxy.test" ? [LOOPBACK] : []),
    ...options,
  });
}

/** A route with a credential, not open for private addresses. */
function route({ port }: Recorder, host = "origin.test"): ProxyOptions["routes"][number] {
  return { host, ports: [port], auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } };
}
const tokens = { EGRESS_TOKEN_1: TOKEN };

async function get(proxy: Proxy, authority: string): Promise<WireResponse> {
  const name = authority.replace(/:[0-9]+$/, "").replace(/^\[(.*)\]$/, "$1");
  const client = await proxy.tunnel(authority, name);
  await client.write(`GET /a?b HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  return await client.response();
}

async function getPlain(proxy: Proxy, authority: string): Promise<WireResponse> {
  const client = await proxy.plain();
  await client.write(`GET http://${authority}/a?b HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  return await client.response();
}

/** Whatever it was asked was asked as it should be. */
function assertProper({ faults }: CompanyProxyStandIn): void {
  assert.deepEqual(faults, []);
}

Deno.test("a company proxy is asked for a name, and TLS goes through it to the upstream", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using proxy = await startBehind(company, { routes: [route(upstream)], tokens });
  const host = `origin.test:${upstream.port}`;
  assert.equal((await get(proxy, host)).status, 200);
  assertProper(company);
  assert.equal(
    company.heads[0],
    `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: ${AUTHORIZATION}\r\n\r\n`,
  );
  assert.ok(upstream.received.includes(`Bearer ${TOKEN}`));
  assert.ok(!upstream.received.includes("hunter2") && !upstream.received.includes(AUTHORIZATION));
  await proxy.rowCount(1);
  assert.deepEqual(proxy.rows[0]?.marks, ["address-not-checked"]);
});

Deno.test("a company proxy's tunnel is used again, and asked for once", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using proxy = await startBehind(company, { routes: [route(upstream)], tokens });
  const host = `origin.test:${upstream.port}`;
  for (let number = 0; number < 3; number++) assert.equal((await get(proxy, host)).status, 200);
  assert.equal(company.heads.length, 1);
  assert.equal(upstream.wires.length, 1);
});

Deno.test("a company proxy is asked for a plain URL as a whole, with no credential for the upstream", async () => {
  await using upstream = startRecorder(undefined);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using proxy = await startBehind(company, {
    routes: [{ host: "origin.test", ports: [upstream.port] }],
  });
  const host = `origin.test:${upstream.port}`;
  for (let number = 0; number < 2; number++) {
    const response = await getPlain(proxy, host);
    assert.deepEqual([response.status, response.body], [200, "ok"]);
  }
  assertProper(company);
  assert.ok(company.heads[0]?.startsWith(`GET http://${host}/a?b HTTP/1.1\r\n`));
  assert.ok(!upstream.received.includes("hunter2") && !/proxy-/i.test(upstream.received));
  await proxy.rowCount(2);
  assert.deepEqual(proxy.rows[1]?.marks, ["address-not-checked"]);
});

Deno.test("a tunnel for a plain WebSocket is no way to the company proxy: a request after it shows the upstream no credentials", async () => {
  await using upstream = startRecorder(undefined);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using proxy = await startBehind(company, {
    routes: [{ host: "origin.test", ports: [upstream.port] }],
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.plain();
  await client.write(
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CLIENT_KEY}\r\n\r\n`,
  );
  assert.equal((await client.response()).status, 200);
  assert.equal((await getPlain(proxy, host)).status, 200);
  assertProper(company);
  assert.ok(!upstream.received.includes("hunter2") && !upstream.received.includes(AUTHORIZATION));
  assert.ok(!/proxy-/i.test(upstream.received));
});

Deno.test("a company proxy without credentials gets none", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startCompanyProxy();
  await using proxy = await startBehind(company, {
    routes: [route(upstream)],
    tokens,
    upstreamProxy: setting(company, { authorization: null }),
  });
  assert.equal((await get(proxy, `origin.test:${upstream.port}`)).status, 200);
  assertProper(company);
});

Deno.test("a company proxy's own address needs no rule, and is looked up by its name only", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  const asked: string[] = [];
  await using proxy = await startBehind(company, {
    routes: [route(upstream)],
    tokens,
    resolve: (name) => Promise.resolve(asked.push(name) > 0 ? [LOOPBACK] : []),
  });
  assert.equal((await get(proxy, `origin.test:${upstream.port}`)).status, 200);
  assert.deepEqual(asked, ["proxy.test"]);
});

const refusals: readonly [name: string, answer: string, detail: RegExp][] = [
  ["wants credentials", refusal(407), /wants other credentials than ours \(status 407\)/],
  ["forbids the host", refusal(403), /does not let us through to this host \(status 403\)/],
  ["can't reach the host", refusal(502), /can't reach the host \(status 502\)/],
  ["is overloaded", refusal(503), /\(status 503\)/],
  ["redirects", "HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n", /status 302/],
  ["grants with another status", "HTTP/1.1 204 No Content\r\n\r\n", /status 204/],
  ["answers for now", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", /status 100/],
  ["speaks on", "HTTP/1.1 200 OK\r\n\r\n220 hello\r\n", /spoke after it had granted/],
  ["grants with a body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", /has a body/],
  ["grants in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", /has a body/],
  ["speaks no HTTP", "SSH-2.0-OpenSSH_9.9\r\n\r\n", /malformed/],
  ["ends lines its own way", "HTTP/1.1 200 OK\n\n", /malformed/],
  ["never ends its head", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`, /malformed|broke/],
  ["hangs up", "", /hung up|broke/],
  ["hangs up in its head", "HTTP/1.1 200 OK\r\nX:", /hung up|broke/],
];
for (const [name, answer, detail] of refusals) {
  Deno.test(`a company proxy that ${name} fails the request, tells why, and sees no credential`, async () => {
    await using upstream = startRecorder(leaf);
    await using company = startCompanyProxy({
      authorization: AUTHORIZATION,
      answer: () => answer,
    });
    await using proxy = await startBehind(company, { routes: [route(upstream)], tokens });
    const response = await get(proxy, `origin.test:${upstream.port}`);
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("x-bot-bottle-failure"), "upstream-proxy");
    assert.match(response.body, detail);
    await proxy.rowCount(1);
    const [row] = proxy.rows;
    assert.deepEqual([row?.verdict, row?.reason, row?.credential], [
      "failed",
      "upstream-proxy",
      undefined,
    ]);
    const shown = JSON.stringify(proxy.rows) + response.head + response.body;
    for (const hidden of ["hunter2", AUTHORIZATION, "company page", TOKEN]) {
      assert.ok(!shown.includes(hidden), hidden);
    }
    assert.ok(!company.heads.join("").includes(TOKEN));
    assert.equal(upstream.received, "");
  });
}

Deno.test("a company proxy that wants other credentials for a plain URL is not the upstream's answer", async () => {
  await using upstream = startRecorder(undefined);
  await using company = startCompanyProxy({ authorization: "Basic other" });
  await using proxy = await startBehind(company, {
    routes: [{ host: "origin.test", ports: [upstream.port] }],
  });
  const response = await getPlain(proxy, `origin.test:${upstream.port}`);
  assert.equal(response.status, 502);
  assert.match(response.body, /upstream-proxy.*status 407/);
  assert.ok(!response.body.includes("company page") && !/proxy-/i.test(response.head));
});

Deno.test("a company proxy that is not there, or whose name does not resolve, is told as such", async () => {
  await using upstream = startRecorder(leaf);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const cases: [ProxyOptions["resolve"], RegExp][] = [
    [undefined, /The company proxy cannot be reached/],
    [() => Promise.resolve([]), /The company proxy cannot be reached/],
  ];
  for (const [resolve, expected] of cases) {
    await using proxy = await startBehind({ port }, {
      routes: [route(upstream)],
      tokens,
      ...(resolve === undefined ? {} : { resolve }),
    });
    const response = await get(proxy, `origin.test:${upstream.port}`);
    assert.match(response.body, expected);
  }
});

Deno.test("a company proxy that never answers is given up", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startRecorder(undefined, async (wire) => void await wire.rest());
  await using proxy = await startBehind(company, {
    routes: [route(upstream)],
    tokens,
    limits: { connectInAllMs: 200 },
  });
  const response = await get(proxy, `origin.test:${upstream.port}`);
  assert.match(response.body, /upstream-proxy.*did not answer in time/);
});

Deno.test("a company proxy never sees an upstream whose certificate is wrong get a credential", async () => {
  const other = await issuer.leafFor({ kind: "name", value: "other.test" });
  await using upstream = startRecorder(other);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using proxy = await startBehind(company, { routes: [route(upstream)], tokens });
  const response = await get(proxy, `origin.test:${upstream.port}`);
  assert.equal(response.headers.get("x-bot-bottle-block"), "upstream-tls");
  assert.equal(upstream.received, "");
});

const refused: readonly [host: string, reason: string][] = [
  ["127.0.0.1", "private-address"],
  ["10.0.0.1", "private-address"],
  ["169.254.169.254", "private-address"],
  ["[::1]", "private-address"],
  ["[::ffff:7f00:1]", "private-address"],
  ["localhost", "private-address"],
  ["intranet", "private-address"],
  ["metadata.google.internal", "private-address"],
  ["printer.local", "private-address"],
  ["nas.home.arpa", "private-address"],
];
for (const [host, reason] of refused) {
  Deno.test(`a company proxy is never asked for ${host}`, async () => {
    await using upstream = startRecorder(undefined);
    await using company = startCompanyProxy({ authorization: AUTHORIZATION });
    await using proxy = await startBehind(company, {
      routes: [{ host, ports: [upstream.port] }],
    });
    const authority = `${host}:${upstream.port}`;
    for (const response of [await getPlain(proxy, authority), await get(proxy, authority)]) {
      assert.equal(response.headers.get("x-bot-bottle-block"), reason);
    }
    assert.deepEqual(company.heads, []);
    assert.equal(upstream.wires.length, 0);
  });
}

Deno.test("a company proxy is asked for a private name or address where the route says that it is meant", async () => {
  await using upstream = startRecorder(undefined);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  const hosts = ["wiki.corp", "127.0.0.1"];
  await using proxy = await startBehind(company, {
    routes: hosts.map((host) => ({ host, ports: [upstream.port], allow_private: true })),
  });
  for (const host of hosts) {
    assert.equal((await getPlain(proxy, `${host}:${upstream.port}`)).status, 200, host);
  }
  assert.equal(company.heads.length, 2);
  await proxy.rowCount(2);
  assert.deepEqual(proxy.rows.map(({ marks }) => marks), [["address-not-checked"], undefined]);
});

Deno.test("a host that no_proxy names is reached directly, with every check", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  const routes = [{ ...route(upstream), allow_private: true }, {
    host: "other.test",
    ports: [upstream.port],
  }];
  await using proxy = await startBehind(company, {
    routes,
    tokens,
    upstreamProxy: setting(company, { no_proxy: ["test"] }),
    resolve: () => Promise.resolve([address("127.0.0.1")]),
  });
  assert.equal((await get(proxy, `origin.test:${upstream.port}`)).status, 200);
  const response = await get(proxy, `other.test:${upstream.port}`);
  assert.equal(response.headers.get("x-bot-bottle-block"), "private-address");
  assert.deepEqual(company.heads, []);
  await proxy.rowCount(2);
  assert.equal(proxy.rows[0]?.marks, undefined);
});

Deno.test("a host of a joined network is reached directly: only its engine knows it", async () => {
  await using upstream = startRecorder(leaf);
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using proxy = await startBehind(company, {
    routes: [route(upstream)],
    tokens,
    privateExceptions: [{ hosts: ["origin.test"], subnets: ["127.0.0.0/8"] }],
    resolve: () => Promise.resolve([LOOPBACK]),
  });
  assert.equal((await get(proxy, `origin.test:${upstream.port}`)).status, 200);
  assert.deepEqual(company.heads, []);
});
