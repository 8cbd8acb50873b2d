import assert from "node:assert/strict";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startCutter } from "../../support/egress/cutter.ts";
import { type Proxy, startProxy } from "../../support/egress/proxy.ts";
import { startRecorder, takeRequest } from "../../support/egress/recorder.ts";
import { eventually, patiently } from "../../support/egress/wire.ts";
import type { EngineLimits } from "../../../sidecars/egress/limits.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

function proxyTo(port: number, limits: Partial<EngineLimits> = {}): Promise<Proxy> {
  return startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true }],
    caPem,
    limits,
  });
}

Deno.test("an event passes before the next one is sent", async () => {
  const seen = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    await wire.write("9\r\ndata: 1\n\n\r\n");
    await patiently(seen.promise);
    await wire.write("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
    await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET /sse HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await client.until("data: 1\n\n");
  seen.resolve();
  await client.until("data: 2\n\n");
});

Deno.test("a piece of a request's body passes before the next one is sent", async () => {
  const seen = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.until("first");
    seen.resolve();
    await wire.until("second");
    await wire.write("HTTP/1.1 204 No Content\r\n\r\n");
    await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 11\r\n\r\nfirst`);
  await patiently(seen.promise);
  await client.write("second");
  assert.equal((await client.response()).status, 204);
});

Deno.test("an early refusal of the upstream arrives although the body goes on", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.write(
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\nConnection: close\r\n\r\ndenied",
    );
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100000000\r\n\r\n`);
  const sending = (async () => {
    const piece = new Uint8Array(256 * 1024);
    for (let sent = 0; sent < 100_000_000; sent += piece.length) await client.write(piece);
  })();
  const response = await client.response();
  assert.equal(response.status, 401);
  assert.equal(response.body, "denied");
  assert.equal(response.headers.get("connection"), "close");
  await sending.catch(() => {});
});

Deno.test("an early refusal is not lost in a reset: what the client still sends is read away", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
  });
  await using proxy = await proxyTo(upstream.port, { lingerMs: 15_000 });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const size = 8 * 1024 * 1024;
  await client.write(`PUT / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${size}\r\n\r\n`);
  await proxy.rowCount(1);
  await client.write(new Uint8Array(size));
  assert.equal((await client.response()).body, "big");
});

Deno.test("a connection whose answer came before the body was sent is not used again", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    for (;;) {
      const head = await wire.until("\r\n\r\n");
      await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      if (head.startsWith("POST")) await wire.exactly(4);
    }
  });
  await using proxy = await proxyTo(upstream.port, { lingerMs: 15_000 });
  const host = `origin.test:${upstream.port}`;
  const early = await proxy.tunnel(host);
  await early.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\n\r\n`);
  assert.equal((await early.response()).body, "ok");
  await early.write("late");
  await proxy.rowCount(1);
  const next = await proxy.tunnel(host);
  await next.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await next.response()).body, "ok");
  assert.equal(upstream.wires.length, 2);
});

Deno.test("an upstream that is cut off without close_notify is a cut stream for the client", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\n\r\na part");
    await wire.rest();
  });
  await using cutter = startCutter(upstream.port);
  await using proxy = await proxyTo(cutter.port);
  const host = `origin.test:${cutter.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await client.until("a part");
  cutter.cut();
  const { text, isClean } = await client.rest();
  assert.ok(!text.includes("0\r\n\r\n"), "the end of a chunked body was made up");
  assert.ok(!isClean, "the stream ended cleanly");
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.verdict, "failed");
  assert.equal(proxy.rows[0]?.reason, "upstream-closed");
});

Deno.test("a response that is shorter than its length is a cut stream for the client", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na part");
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const { isClean } = await client.rest();
  assert.ok(!isClean);
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.reason, "upstream-closed");
});

const badResponses: readonly (readonly [name: string, bytes: string])[] = [
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
  [
    "length and coding",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
  ["a folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"],
  ["another protocol", "SSH-2.0-x\r\n\r\n"],
  ["an upgrade that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
];

for (const [name, bytes] of badResponses) {
  Deno.test(`a response with ${name} is not passed on`, async () => {
    await using upstream = startRecorder(leaf, async (wire) => {
      await takeRequest(wire);
      await wire.write(bytes);
      await wire.rest();
    });
    await using proxy = await proxyTo(upstream.port);
    const host = `origin.test:${upstream.port}`;
    const client = await proxy.tunnel(host);
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const response = await client.response();
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("x-bot-bottle-failure"), "upstream-protocol");
  });
}

Deno.test("a client that goes away ends what is in flight for it", async () => {
  const gone = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.rest();
    gone.resolve();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 10\r\n\r\nhalf`);
  await eventually(() => upstream.received.endsWith("half"));
  client.close();
  await patiently(gone.promise);
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.verdict, "failed");
  assert.equal(proxy.rows[0]?.reason, "client-closed");
});

Deno.test("an idle connection that the upstream closed is not used again", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  for (let n = 0; n < 3; n++) {
    await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\n\r\nx`);
    assert.equal((await client.response()).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(upstream.wires.length, 3);
});

Deno.test("a request without a body goes again when its reused connection dies under it, one with a body never", async () => {
  let connections = 0;
  await using upstream = startRecorder(leaf, async (wire) => {
    connections++;
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    // The second request is taken and never answered.
    if (connections % 2 === 1) await takeRequest(wire);
    else await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const get = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  await client.write(get);
  assert.equal((await client.response()).status, 200);
  await client.write(get);
  assert.equal((await client.response()).status, 200);
  assert.equal(connections, 2);

  await using posts = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await takeRequest(wire);
  });
  await using other = await proxyTo(posts.port);
  const postHost = `origin.test:${posts.port}`;
  const poster = await other.tunnel(postHost);
  const post = `POST / HTTP/1.1\r\nHost: ${postHost}\r\nContent-Length: 1\r\n\r\nx`;
  await poster.write(post);
  assert.equal((await poster.response()).status, 200);
  await poster.write(post);
  assert.equal((await poster.response()).headers.get("x-bot-bottle-failure"), "upstream-closed");
  assert.equal(posts.wires.length, 1);
});

Deno.test("a POST without a body does not go again: the upstream may have done it already", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await takeRequest(wire);
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
  await client.write(`POST /run HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).headers.get("x-bot-bottle-failure"), "upstream-closed");
  assert.equal(upstream.received.split("POST /run").length - 1, 1);
});

Deno.test("a half-closed client still gets its response", async () => {
  await using upstream = startRecorder(undefined, async (wire) => {
    await takeRequest(wire);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.plain();
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await client.closeWrite();
  assert.equal((await client.response()).body, "ok");
});

Deno.test("a head that does not end is cut off, and so is an idle connection", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await proxyTo(upstream.port, { headMs: 300, idleMs: 600 });
  const host = `origin.test:${upstream.port}`;
  const slow = await proxy.tunnel(host);
  await slow.write("GET / HT");
  assert.equal((await slow.rest()).text, "");
  const beforeTunnel = await proxy.plain();
  await beforeTunnel.write("CONNECT x");
  assert.equal((await beforeTunnel.rest()).text, "");
  const idle = await proxy.plain();
  assert.equal((await idle.rest()).text, "");
  const silentTls = await proxy.plain();
  await silentTls.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await silentTls.until("\r\n\r\n");
  await silentTls.rest();
  await eventually(() => proxy.engine.stats().open_connections === 0);
});

Deno.test("an upstream that says nothing is given up", async () => {
  await using upstream = startRecorder(leaf, async (wire) => void await wire.rest());
  await using proxy = await proxyTo(upstream.port, { silenceMs: 300 });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const response = await client.response();
  assert.equal(response.status, 504);
  assert.equal(response.headers.get("x-bot-bottle-failure"), "upstream-timeout");
});

Deno.test("a client that stops in the middle of a body is given up", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await proxyTo(upstream.port, { idleMs: 300 });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 10\r\n\r\nhalf`);
  const response = await client.response();
  assert.equal(response.headers.get("x-bot-bottle-failure"), "client-timeout");
});

Deno.test("one connection too many is told so, and those there are go on", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await proxyTo(upstream.port, { connections: 2 });
  const host = `origin.test:${upstream.port}`;
  const get = `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const first = await proxy.plain();
  const second = await proxy.plain();
  for (const client of [first, second]) {
    await client.write(get);
    assert.equal((await client.response()).status, 200);
  }
  const third = await proxy.plain();
  const refused = await third.response();
  assert.equal(refused.headers.get("x-bot-bottle-block"), "too-many");
  await first.write(get);
  assert.equal((await first.response()).status, 200);
});

Deno.test("the next address is tried when the first takes no connection", async () => {
  await using upstream = startRecorder(undefined);
  const { address, LOOPBACK } = await import("../../support/egress/proxy.ts");
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    resolve: () => Promise.resolve([address("127.0.0.2"), LOOPBACK]),
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.plain();
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
});

Deno.test("an upstream that cannot be reached is a failure, and says so", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr;
  closed.close();
  await using proxy = await proxyTo(port);
  const host = `origin.test:${port}`;
  const client = await proxy.plain();
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const response = await client.response();
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("x-bot-bottle-failure"), "upstream-unreachable");
});

Deno.test("200 clients that send heads byte by byte do not hold up another", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const slow = await Promise.all(Array.from({ length: 200 }, () => proxy.plain()));
  for (const client of slow) await client.write("GET http");
  const client = await proxy.plain();
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
  assert.equal(proxy.engine.stats().open_connections, 201);
});

Deno.test("a shutdown ends idle connections at once and lets an exchange finish", async () => {
  const finish = Promise.withResolvers<void>();
  await using upstream = startRecorder(undefined, async (wire) => {
    await takeRequest(wire);
    await finish.promise;
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  const idle = await proxy.plain();
  await eventually(() => proxy.engine.stats().open_connections === 1);
  const busy = await proxy.plain();
  await busy.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await eventually(() => upstream.received.endsWith("\r\n\r\n"));
  const closed = proxy.engine.close();
  await idle.rest();
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: proxy.engine.port }));
  finish.resolve();
  assert.equal((await busy.response()).body, "ok");
  await closed;
  assert.equal(proxy.rows.at(-1)?.verdict, "allowed");
});

Deno.test("a client gets HTTP/1.1 where it offers nothing else, and no protocol that the proxy does not speak", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  for (const offered of [["http/1.1"], []]) {
    const client = await proxy.tunnel(host, "origin.test", offered);
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await client.response()).status, 200);
  }
  await assert.rejects(proxy.tunnel(host, "origin.test", ["h3"]));
});
