import assert from "node:assert/strict";
import { ReservedBytes } from "../../../lib/egress/route/route_limits.ts";
import type { RouteLimits } from "../../../lib/egress/route/route.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { type Proxy, startProxy, type TestRoute } from "../../support/egress/proxy.ts";
import { startRecorder, takeRequest } from "../../support/egress/recorder.ts";
import { eventually, patiently, type Wire, type WireResponse } from "../../support/egress/wire.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

function routeTo(port: number, limits: RouteLimits): TestRoute {
  return { host: "origin.test", ports: [port], allow_private: true, limits };
}

async function post(client: Wire, port: number, body: string): Promise<WireResponse> {
  const head = `POST / HTTP/1.1\r\nHost: origin.test:${port}\r\nContent-Length: ${body.length}`;
  await client.write(`${head}\r\n\r\n${body}`);
  return await client.response();
}

function lastReason({ rows }: Proxy): string | undefined {
  return rows.findLast(({ kind }) => kind === "http")?.reason;
}

Deno.test("requests beyond a minute's are refused with 429 and when to come again, and the connection stays", async () => {
  await using upstream = startRecorder(leaf);
  const limits = { requests_per_minute: 2 };
  await using proxy = await startProxy({ routes: [routeTo(upstream.port, limits)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const answers: WireResponse[] = [];
  for (let n = 0; n < 4; n++) {
    await client.write(`GET /${n} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    answers.push(await client.response());
  }
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 429, 429]);
  const last = answers.at(-1);
  assert.equal(last?.headers.get("x-bot-bottle-block"), "rate-limit");
  assert.match(last?.headers.get("retry-after") ?? "", /^([1-9]|[12][0-9]|30)$/);
  assert.doesNotMatch(upstream.received, /GET \/[23] /);
});

Deno.test("a body that says it is longer than the route takes is refused before anything is sent", async () => {
  await using upstream = startRecorder(leaf);
  const limits = { body_bytes: 10 };
  await using proxy = await startProxy({ routes: [routeTo(upstream.port, limits)], caPem });
  const host = `origin.test:${upstream.port}`;
  const fine = await post(await proxy.tunnel(host), upstream.port, "x".repeat(10));
  assert.equal(fine.status, 200);
  const before = upstream.received.length;
  const refused = await post(await proxy.tunnel(host), upstream.port, "x".repeat(11));
  assert.equal(refused.status, 413);
  assert.equal(refused.headers.get("x-bot-bottle-block"), "body-too-large");
  assert.equal(upstream.received.length, before);
});

Deno.test("a body that turns out longer is cut, and the upstream can't take it for whole", async () => {
  await using upstream = startRecorder(leaf);
  const limits = { body_bytes: 10 };
  await using proxy = await startProxy({ routes: [routeTo(upstream.port, limits)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  await client.write("8\r\nmarker-1\r\n");
  await eventually(() => upstream.received.includes("marker-1"));
  await client.write("8\r\nmarker-2\r\n0\r\n\r\n");
  const { status } = await client.response();
  assert.equal(status, 413);
  assert.doesNotMatch(upstream.received, /marker-2|0\r\n\r\n/);
  await proxy.rowCount(1);
  assert.equal(lastReason(proxy), "body-too-large");
  assert.deepEqual(proxy.rows[0]?.marks, ["sent-in-part"]);
});

Deno.test("what may leave by a route leaves once, and no restart brings it back", async () => {
  await using upstream = startRecorder(leaf);
  const budgets = new ReservedBytes();
  const options = {
    routes: [routeTo(upstream.port, { bytes_out: 4_000 })],
    caPem,
    reserveBytes: (wish: Parameters<ReservedBytes["reserve"]>[0]) =>
      Promise.resolve(budgets.reserve(wish)),
  };
  const host = `origin.test:${upstream.port}`;
  const ask = async (proxy: Proxy): Promise<number> =>
    (await post(await proxy.tunnel(host), upstream.port, "x".repeat(1_000))).status;
  {
    await using proxy = await startProxy(options);
    assert.deepEqual([await ask(proxy), await ask(proxy)], [200, 200]);
  }
  await using proxy = await startProxy(options);
  assert.equal(await ask(proxy), 200);
  assert.equal(await ask(proxy), 403);
  assert.equal(await ask(proxy), 403);
  await proxy.rowCount(2);
  assert.equal(lastReason(proxy), "budget");
  assert.ok(upstream.received.length <= 4_000);
});

Deno.test("a body that uses a budget up is cut there", async () => {
  await using upstream = startRecorder(leaf);
  const limits = { bytes_out: 1_000 };
  await using proxy = await startProxy({ routes: [routeTo(upstream.port, limits)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  for (let n = 0; n < 4; n++) await client.write(`12c\r\n${"x".repeat(300)}\r\n`);
  await client.write("0\r\n\r\n");
  assert.equal((await client.response()).status, 403);
  await proxy.rowCount(1);
  assert.equal(lastReason(proxy), "budget");
  assert.ok(upstream.received.replace(/[^x]/g, "").length <= 1_000);
});

Deno.test("while nobody can say what has left, nothing leaves by a route with a budget, and by others it does", async () => {
  await using upstream = startRecorder(leaf);
  const reserveBytes = (): Promise<never> => Promise.reject(new Error("down"));
  const routes = [routeTo(upstream.port, { bytes_out: 1_000 })];
  await using proxy = await startProxy({ routes, caPem, reserveBytes });
  const refused = await post(
    await proxy.tunnel(`origin.test:${upstream.port}`),
    upstream.port,
    "x",
  );
  assert.equal(refused.status, 503);
  assert.equal(upstream.received, "");
  assert.deepEqual(proxy.log, []);
});

Deno.test("requests beyond those that may be under way are refused with 429", async () => {
  const over = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await patiently(over.promise);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const routes = [{ host: "origin.test", ports: [upstream.port], allow_private: true }];
  await using proxy = await startProxy({ routes, caPem, limits: { inFlight: 1 } });
  const host = `origin.test:${upstream.port}`;
  const first = await proxy.tunnel(host);
  await first.write(`GET /first HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await eventually(() => upstream.received.includes("/first"));
  const second = await proxy.tunnel(host);
  await second.write(`GET /second HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const refused = await second.response();
  assert.deepEqual([refused.status, refused.headers.get("x-bot-bottle-block")], [429, "too-many"]);
  over.resolve();
  assert.equal((await first.response()).status, 200);
  assert.doesNotMatch(upstream.received, /second/);
});

Deno.test("an exchange ends with its time, though it moves all the while", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    // As long as a test waits for anything: without the bound it would go on.
    for (let n = 0; n < 500; n++) {
      await wire.write("1\r\nx\r\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  const routes = [{ host: "origin.test", ports: [upstream.port], allow_private: true }];
  await using proxy = await startProxy({ routes, caPem, limits: { totalMs: 300 } });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await assert.rejects(patiently(client.response()));
  await proxy.rowCount(1);
  assert.deepEqual([proxy.rows[0]?.verdict, proxy.rows[0]?.reason], ["failed", "upstream-timeout"]);
});

Deno.test("a head that is sent again counts again: an upstream that closes can't be told more than the route may", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await takeRequest(wire);
  });
  const limits = { bytes_out: 10_000 };
  await using proxy = await startProxy({ routes: [routeTo(upstream.port, limits)], caPem });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const answers: WireResponse[] = [];
  for (let n = 0; n < 4; n++) {
    await client.write(`GET /${"x".repeat(4_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    answers.push(await client.response());
    if (answers.at(-1)?.status !== 200) break;
  }
  assert.deepEqual(answers.map(({ status }) => status), [200, 403]);
  assert.equal(answers.at(-1)?.headers.get("x-bot-bottle-block"), "budget");
  assert.ok(upstream.received.length <= 10_000, String(upstream.received.length));
});
