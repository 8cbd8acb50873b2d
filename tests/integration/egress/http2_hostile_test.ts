import assert from "node:assert/strict";
import type { EngineLimits } from "../../../sidecars/egress/limits.ts";
import { defaultHttp2Limits } from "../../../lib/egress/http2/limits.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import {
  codeOf,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  PREFACE,
  settings,
  Type,
  uint32,
} from "../../support/egress/http2/frames.ts";
import { connectHttp2, echo, startHttp2Upstream } from "../../support/egress/http2/peers.ts";
import { connectRaw } from "../../support/egress/http2/raw_client.ts";
import { Code } from "../../support/egress/http2/rfc9113_cases.ts";
import { type Proxy, startProxy } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import { eventually, patiently } from "../../support/egress/wire.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });

function proxyTo(port: number, limits: Partial<EngineLimits> = {}): Promise<Proxy> {
  return startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true }],
    caPem: authority.ca.cert_pem,
    limits,
  });
}

function get(host: string): readonly (readonly [string, string])[] {
  return [[":method", "GET"], [":scheme", "https"], [":path", "/"], [":authority", host]];
}

Deno.test("rapid resets end the connection, each is undone upstream, and others are served meanwhile", async () => {
  let open = 0;
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    if (headers[":path"] === "/other") return echo(stream, headers);
    open++;
    stream.on("close", () => open--);
  });
  const http2 = { ...defaultHttp2Limits, resets: { burst: 200, perSecond: 1 } };
  await using proxy = await proxyTo(upstream.port, { http2, lingerMs: 300 });
  const host = `origin.test:${upstream.port}`;
  using other = await connectHttp2(proxy, host);
  assert.equal((await other.fetch({ ":path": "/other" })).status, 200);
  const client = await connectRaw(proxy, host);
  for (let id = 1; id < 2_000; id += 2) {
    await client.send(headers(id, get(host)), frame(Type.reset, 0, id, uint32(8)));
  }
  const goodbye = await client.until(({ type }) => type === Type.goAway);
  assert.equal(codeOf(goodbye), Code.calm);
  assert.equal((await other.fetch({ ":path": "/other" })).status, 200);
  await eventually(() => open === 0);
  await eventually(() => proxy.rows.some(({ kind }) => kind === "connect"));
  const row = proxy.rows.find(({ kind }) => kind === "connect");
  assert.deepEqual([row?.reason, row?.host], ["too-many", "origin.test"]);
  assert.deepEqual(proxy.log, []);
});

Deno.test("floods of frames end the connection", async (t) => {
  await using upstream = startRecorder(leaf);
  const http2 = { ...defaultHttp2Limits, idleFrames: { burst: 100, perSecond: 1 } };
  await using proxy = await proxyTo(upstream.port, { http2, lingerMs: 300 });
  const host = `origin.test:${upstream.port}`;
  const floods = {
    ping: frame(Type.ping, 0, 0, new Uint8Array(8)),
    settings: settings(),
    priority: frame(Type.priority, 0, 9, [...uint32(1), 1]),
    "window update": frame(Type.windowUpdate, 0, 0, uint32(1)),
    unknown: frame(0x99, 0, 0),
  };
  for (const [name, one] of Object.entries(floods)) {
    await t.step(name, async () => {
      const client = await connectRaw(proxy, host);
      for (let n = 0; n < 300; n++) await client.send(one);
      const goodbye = await client.until(({ type }) => type === Type.goAway);
      assert.equal(codeOf(goodbye), Code.calm);
    });
  }
  await t.step("continuation", async () => {
    const client = await connectRaw(proxy, host);
    await client.send(headers(1, get(host), END_STREAM));
    for (let n = 0; n < 100; n++) await client.send(frame(Type.continuation, 0, 1));
    const goodbye = await client.until(({ type }) => type === Type.goAway);
    assert.equal(codeOf(goodbye), Code.calm);
  });
});

Deno.test("a head that comes too slowly ends the connection, and so do a preface and an idle one", async () => {
  await using upstream = startRecorder(leaf);
  const limits = { headMs: 300, idleMs: 600, lingerMs: 200 };
  await using proxy = await proxyTo(upstream.port, limits);
  const host = `origin.test:${upstream.port}`;
  const silent = await connectRaw(proxy, host, false);
  const half = await connectRaw(proxy, host, false);
  await half.send(PREFACE.subarray(0, 10));
  const slow = await connectRaw(proxy, host);
  await slow.send(headers(1, get(host), END_STREAM));
  const part = await connectRaw(proxy, host);
  await part.send(headers(1, get(host)).subarray(0, 20));
  for (const client of [silent, half, slow, part]) {
    const goodbye = await client.until(({ type }) => type === Type.goAway);
    assert.equal(codeOf(goodbye), Code.calm);
    await client.rest();
  }
  const idle = await connectRaw(proxy, host);
  const goodbye = await idle.until(({ type }) => type === Type.goAway);
  assert.equal(codeOf(goodbye), 0);
  await idle.rest();
  await eventually(() => proxy.engine.stats().open_connections === 0);
});

Deno.test("a stream whose body is not read stalls its upstream, and no other stream", async () => {
  let sent = 0;
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    if (headers[":path"] !== "/big") return echo(stream, headers);
    stream.respond({ ":status": 200 });
    const piece = new Uint8Array(64 * 1024);
    const write = (): void => {
      while (sent < 256 * 1024 * 1024) {
        sent += piece.length;
        if (!stream.write(piece)) return void stream.once("drain", write);
      }
    };
    write();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await connectRaw(proxy, host);
  await client.send(
    headers(1, [[":method", "GET"], [":scheme", "https"], [":path", "/big"], [":authority", host]]),
  );
  let received = 0;
  while (received < 65_535) {
    const { payload } = await client.until(({ type }) => type === Type.data);
    received += payload.length;
  }
  // The connection's window is used up by now: a WINDOW_UPDATE for all but the stream that waits.
  await client.send(frame(Type.windowUpdate, 0, 0, uint32(1_000_000)));
  for (let id = 3; id < 60; id += 2) {
    await client.send(headers(id, get(host)));
    const head = await client.until(({ type, streamId }) =>
      type === Type.headers && streamId === id
    );
    assert.equal(head.streamId, id);
  }
  // Between here and the upstream are windows of 64 KiB that have grown, and the test's own server's buffer.
  assert.ok(sent < 4 * 1024 * 1024, `${sent} bytes are under way`);
});

Deno.test("an upload that the upstream does not read stalls its client's stream, and no other", async () => {
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    if (headers[":path"] === "/stuck") return;
    echo(stream, headers);
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  using client = await connectHttp2(proxy, host);
  const stuck = client.open({ ":method": "POST", ":path": "/stuck" });
  stuck.on("error", () => {});
  let taken = 0;
  const piece = new Uint8Array(64 * 1024);
  const write = (): void => {
    stuck.write(piece, () => {
      taken += piece.length;
      if (taken < 64 * 1024 * 1024) write();
    });
  };
  write();
  await eventually(() => taken > 0);
  for (let n = 0; n < 20; n++) assert.equal((await client.fetch({ ":path": "/" })).status, 200);
  assert.ok(taken < 4 * 1024 * 1024, `${taken} bytes are under way`);
  stuck.close(8);
});

Deno.test("a client that asks and does not read ends alone", async () => {
  await using upstream = startRecorder(leaf);
  const http2 = { ...defaultHttp2Limits, idleFrames: { burst: 1e9, perSecond: 1e9 } };
  await using proxy = await proxyTo(upstream.port, { http2, lingerMs: 200 });
  const host = `origin.test:${upstream.port}`;
  const client = await connectRaw(proxy, host);
  const pings = new Uint8Array(1_000 * 17);
  for (let n = 0; n < 1_000; n++) pings.set(frame(Type.ping, 0, 0, new Uint8Array(8)), n * 17);
  const flooding = (async () => {
    for (let n = 0; n < 5_000; n++) await client.send(pings);
  })();
  await eventually(() => proxy.rows.some(({ reason }) => reason === "too-many"));
  using other = await connectHttp2(proxy, host);
  assert.equal((await other.fetch({ ":path": "/" })).status, 200);
  client.wire.close();
  await patiently(flooding);
});

Deno.test("an upstream that breaks the rules of HTTP/2 fails its requests, and says why in the audit", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.write(settings());
    await wire.until("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    await wire.write(headers(1, [[":status", "200"], ["connection", "close"]], END_HEADERS));
    await wire.rest();
  }, ["h2"]);
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const response = await client.fetch({ ":path": "/" });
  assert.equal(response.status, 502);
  assert.equal(response.headers["x-bot-bottle-failure"], "upstream-protocol");
});
