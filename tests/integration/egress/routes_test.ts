import assert from "node:assert/strict";
import type { Route } from "../../../lib/egress/route/route.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder, takeRequest } from "../../support/egress/recorder.ts";
import { eventually, patiently } from "../../support/egress/wire.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function routeTo(port: number): Route {
  return { host: "origin.test", ports: [port], allow_private: true, origin: "test" };
}

Deno.test("a download goes on across a denial, and the next request of its tunnel is refused", async () => {
  const denied = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
    await patiently(denied.promise);
    await wire.write(" half");
    await wire.rest();
  });
  await using proxy = await startProxy({ routes: [routeTo(upstream.port)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET /big HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await client.until("first");
  proxy.engine.replaceRoutes([], 2);
  denied.resolve();
  await client.until(" half");

  await client.write(`GET /next HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const refused = await client.response();
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get("x-bot-bottle-block"), "host-not-allowed");
  await assert.rejects(proxy.tunnel(host), /refused: 403/);
  assert.doesNotMatch(upstream.received, /next/);
});

Deno.test("a kept-alive connection to the proxy itself goes by the new routes at its next request", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await startProxy({ routes: [] });
  const client = await proxy.plain();
  const ask = async (): Promise<number> => {
    const host = `origin.test:${upstream.port}`;
    await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return (await client.response()).status;
  };
  const isAllowed = { host: "origin.test", ports: [upstream.port], origin: "allow" };
  assert.equal(await ask(), 403);
  proxy.engine.replaceRoutes([isAllowed], 2);
  assert.equal(await ask(), 403, "a new route opens no private address");
  await proxy.rowCount(3);
  assert.deepEqual(proxy.rows.map(({ kind, reason }) => [kind, reason]), [
    ["http", "host-not-allowed"],
    ["policy", undefined],
    ["http", "private-address"],
  ]);
});

Deno.test("idle connections to upstreams are closed with a change of the routes", async () => {
  const ended = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write(OK);
    await wire.rest();
    ended.resolve();
  });
  await using proxy = await startProxy({ routes: [routeTo(upstream.port)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).body, "ok");
  proxy.engine.replaceRoutes([], 2);
  await patiently(ended.promise);
});

Deno.test("what is allowed for a time is refused when the time is over, and the audit says so", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await startProxy({ routes: [routeTo(upstream.port)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const route = routeTo(upstream.port);
  const ask = async (): Promise<number> => {
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return (await client.response()).status;
  };
  const until = (ms: number): Route => ({
    ...route,
    matches: [{ expires_at: new Date(Date.now() + ms).toISOString() }],
  });
  proxy.engine.replaceRoutes([until(3_600_000)], 2);
  assert.equal(await ask(), 200);
  const short = until(300);
  proxy.engine.replaceRoutes([short], 3);
  const end = Date.parse(short.matches?.[0]?.expires_at ?? "");
  await eventually(() => Date.now() > end);
  assert.equal(await ask(), 403);
  await proxy.rowCount(4);
  const last = proxy.rows.findLast(({ kind }) => kind === "http");
  assert.deepEqual([last?.verdict, last?.reason], ["blocked", "expired"]);
});

Deno.test("a list that would move a credential changes nothing, and is no row", async () => {
  await using upstream = startRecorder(leaf);
  const auth = { scheme: "bearer", token: "EGRESS_TOKEN_1" } as const;
  await using proxy = await startProxy({
    routes: [{ ...routeTo(upstream.port), auth }],
    tokens: { EGRESS_TOKEN_1: "marker-5b1f" },
    caPem,
  });
  assert.throws(
    () => proxy.engine.replaceRoutes([{ host: "evil.test", auth, origin: "allow" }], 2),
    { code: "route-credential" },
  );
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
  await proxy.rowCount(1);
  assert.deepEqual(proxy.rows.map(({ kind }) => kind), ["http"]);
  assert.match(upstream.received, /Bearer marker-5b1f/);
});

Deno.test("a change is refused while nothing can be recorded", async () => {
  await using proxy = await startProxy({
    routes: [],
    append: () => Promise.reject(new Error("the ledger is down")),
  });
  const route: Route = { host: "a.test", origin: "allow" };
  const change = (): void => {
    for (let revision = 2; revision < 3_000; revision++) {
      proxy.engine.replaceRoutes(revision % 2 === 0 ? [route] : [], revision);
    }
  };
  assert.throws(change, { code: "audit-unavailable" });
});
