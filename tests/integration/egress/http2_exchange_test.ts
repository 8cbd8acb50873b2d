import assert from "node:assert/strict";
import { testAuthority } from "../../support/egress/certificates.ts";
import { connectHttp2, echo, startHttp2Upstream, whole } from "../../support/egress/http2/peers.ts";
import { type Proxy, type ProxyOptions, startProxy } from "../../support/egress/proxy.ts";
import { startRecorder, takeRequest } from "../../support/egress/recorder.ts";
import { eventually, patiently } from "../../support/egress/wire.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

function proxyTo(port: number, limits: ProxyOptions["limits"] = {}): Promise<Proxy> {
  return startProxy({
    routes: [{
      host: "origin.test",
      ports: [port],
      allow_private: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    }],
    tokens: { EGRESS_TOKEN_1: "s3cret-of-the-route" },
    caPem,
    limits,
  });
}

Deno.test("a client of HTTP/2 reaches an upstream of HTTP/1.1, with the route's credential", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    const { body } = await takeRequest(wire);
    await wire.write(
      `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nX-Of: h1\r\n\r\n${body}`,
    );
    await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  using client = await connectHttp2(proxy, host);
  const response = await client.fetch({
    ":method": "POST",
    ":path": "/v1/messages?beta=1",
    "content-length": "5",
    authorization: "Bearer of-the-agent",
    cookie: "a=1",
  }, "hello");
  assert.deepEqual([response.status, response.body, response.headers["x-of"]], [
    200,
    "hello",
    "h1",
  ]);
  assert.match(upstream.received, /^POST \/v1\/messages\?beta=1 HTTP\/1\.1\r\nhost: origin\.test/i);
  assert.match(upstream.received, /\r\nauthorization: Bearer s3cret-of-the-route\r\n/i);
  assert.doesNotMatch(upstream.received, /of-the-agent|:path|:authority/);
  await proxy.rowCount(1);
  const [row] = proxy.rows;
  assert.deepEqual(
    [row?.verdict, row?.method, row?.path, row?.status, row?.bytes_up, row?.bytes_down],
    ["allowed", "POST", "/v1/messages?beta=1", 200, 5, 5],
  );
});

Deno.test("a client of HTTP/2 reaches an upstream of HTTP/2, over one connection", async () => {
  const seen = new Set<unknown>();
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    seen.add(headers.authorization);
    echo(stream, headers);
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const responses = await Promise.all(
    Array.from(
      { length: 100 },
      (_, n) => client.fetch({ ":method": "POST", ":path": `/${n}` }, `body ${n}`),
    ),
  );
  assert.deepEqual(
    responses.map(({ status, body }) => `${status} ${body}`),
    Array.from({ length: 100 }, (_, n) => `200 body ${n}`),
  );
  assert.equal(upstream.sessions.length, 1);
  assert.deepEqual([...seen], ["Bearer s3cret-of-the-route"]);
  assert.doesNotMatch(JSON.stringify(responses), /s3cret/);
  await proxy.rowCount(100);
  assert.ok(proxy.rows.every(({ verdict }) => verdict === "allowed"));
});

Deno.test("each request of a connection is judged for itself", async () => {
  await using upstream = await startHttp2Upstream(leaf, echo);
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      matches: [{ methods: ["GET"], paths: [{ type: "prefix", value: "/ok/" }] }],
    }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  using client = await connectHttp2(proxy, host);
  const statuses = await Promise.all([
    client.fetch({ ":path": "/ok/1" }),
    client.fetch({ ":path": "/other" }),
    client.fetch({ ":path": "/ok/2", ":method": "DELETE" }),
    client.fetch({ ":path": "/ok/3", ":authority": "other.test" }),
    client.fetch({ ":path": "/ok/4" }),
  ]);
  assert.deepEqual(statuses.map(({ status }) => status), [200, 403, 403, 400, 200]);
  assert.equal(statuses[1]?.headers["x-bot-bottle-block"], "no-match");
  await proxy.rowCount(5);
});

Deno.test("messages go both ways on one stream, and trailers behind them, as gRPC wants it", async () => {
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc", "x-te": headers.te }, {
      waitForTrailers: true,
    });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-own": "1" }));
    stream.on("data", (data) => stream.write(`echo ${data}`));
    stream.on("end", () => stream.end());
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const stream = client.open({ ":method": "POST", ":path": "/pkg.Service/Chat", te: "trailers" });
  const response = whole(stream);
  for (let n = 0; n < 5; n++) {
    const answered = Promise.withResolvers<string>();
    stream.once("data", (data) => answered.resolve(String(data)));
    stream.write(`message ${n}`);
    assert.equal(await patiently(answered.promise), `echo message ${n}`);
  }
  stream.end();
  const { status, trailers, headers } = await patiently(response);
  assert.deepEqual([status, headers["x-te"]], [200, "trailers"]);
  assert.deepEqual(Object.entries(trailers), [["grpc-status", "0"], ["x-own", "1"]]);
});

Deno.test("trailers of a client reach the upstream, without a credential in them", async () => {
  const got = Promise.withResolvers<unknown>();
  await using upstream = await startHttp2Upstream(leaf, (stream) => {
    stream.on("trailers", (trailers) => got.resolve(Object.entries(trailers)));
    stream.resume();
    stream.on("end", () => {
      stream.respond({ ":status": 204 });
      stream.end();
    });
  });
  await using proxy = await proxyTo(upstream.port);
  const host = `origin.test:${upstream.port}`;
  using client = await connectHttp2(proxy, host);
  const stream = client.session.request({
    ":method": "POST",
    ":path": "/",
    ":authority": host,
    ":scheme": "https",
  }, { waitForTrailers: true });
  stream.on(
    "wantTrailers",
    () => stream.sendTrailers({ "x-sum": "abc", authorization: "Bearer of-the-agent" }),
  );
  stream.end("body");
  assert.equal((await patiently(whole(stream))).status, 204);
  assert.deepEqual(await patiently(got.promise), [["x-sum", "abc"]]);
});

Deno.test("interim responses pass, and a 100 before the body", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    const body = await wire.exactly(4);
    await wire.write(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${body}`);
    await wire.rest();
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const stream = client.open({
    ":method": "POST",
    ":path": "/",
    expect: "100-continue",
    "content-length": "4",
  });
  const interim: unknown[] = [];
  stream.on("headers", (headers) => interim.push(headers[":status"]));
  stream.on("continue", () => stream.end("body"));
  const response = await patiently(whole(stream));
  assert.deepEqual([response.status, response.body], [200, "body"]);
  assert.ok(interim.includes(103));
});

Deno.test("a HEAD, a 204 and a 304 have no body, and the length that they speak of", async () => {
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    const status = Number(String(headers[":path"]).slice(1));
    stream.respond({ ":status": status, "content-length": status === 200 ? "1234" : undefined }, {
      endStream: true,
    });
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const head = await client.fetch({ ":method": "HEAD", ":path": "/200" });
  assert.deepEqual([head.status, head.headers["content-length"], head.body], [200, "1234", ""]);
  assert.equal((await client.fetch({ ":path": "/204" })).status, 204);
  assert.equal((await client.fetch({ ":path": "/304" })).status, 304);
});

Deno.test("an early answer ends the request's body, and no other stream", async () => {
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    if (headers[":path"] === "/early") {
      stream.respond({ ":status": 413 });
      stream.end("too large");
      return;
    }
    echo(stream, headers);
  });
  await using proxy = await proxyTo(upstream.port, { lingerMs: 200 });
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const stream = client.open({ ":method": "POST", ":path": "/early" });
  stream.write(new Uint8Array(30_000));
  const { status, body } = await patiently(whole(stream));
  assert.deepEqual([status, body], [413, "too large"]);
  assert.equal((await client.fetch({ ":path": "/next" })).status, 200);
});

Deno.test("a client that cancels a stream cancels it upstream, and no other", async () => {
  const cancelled = Promise.withResolvers<number | undefined>();
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    if (headers[":path"] !== "/slow") return echo(stream, headers);
    stream.respond({ ":status": 200 });
    stream.write("first");
    stream.on("close", () => cancelled.resolve(stream.rstCode));
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const stream = client.open({ ":path": "/slow" });
  const first = Promise.withResolvers<void>();
  stream.once("data", () => first.resolve());
  stream.on("error", () => {});
  await patiently(first.promise);
  stream.close(8);
  assert.equal(await patiently(cancelled.promise), 8);
  assert.equal((await client.fetch({ ":path": "/next" })).status, 200);
  await proxy.rowCount(2);
  const slow = proxy.rows.find(({ path }) => path === "/slow");
  assert.deepEqual([slow?.verdict, slow?.reason], ["failed", "client-closed"]);
});

Deno.test("an upstream that breaks a body off does so for the client", async () => {
  await using upstream = await startHttp2Upstream(leaf, (stream, headers) => {
    if (headers[":path"] !== "/cut") return echo(stream, headers);
    stream.respond({ ":status": 200 });
    stream.write("first", () => stream.destroy(new Error("cut")));
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  await assert.rejects(client.fetch({ ":path": "/cut" }));
  assert.equal((await client.fetch({ ":path": "/next" })).status, 200);
});

Deno.test("a connection that the upstream gives up is opened anew", async () => {
  await using upstream = await startHttp2Upstream(leaf, echo);
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  assert.equal((await client.fetch({ ":path": "/1" })).status, 200);
  const [session] = upstream.sessions;
  session?.close();
  await eventually(() => session?.closed === true);
  assert.equal((await client.fetch({ ":path": "/2" })).status, 200);
  assert.equal(upstream.sessions.length, 2);
});

Deno.test("more requests than an upstream takes on a connection get another", async () => {
  let open = 0;
  let most = 0;
  await using upstream = await startHttp2Upstream(leaf, (stream) => {
    most = Math.max(most, ++open);
    stream.respond({ ":status": 200 });
    setTimeout(() => {
      open--;
      stream.end("ok");
    }, 50);
  }, { maxConcurrentStreams: 5 });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  assert.equal((await client.fetch({ ":path": "/" })).status, 200);
  const responses = await Promise.all(
    Array.from({ length: 30 }, () => client.fetch({ ":path": "/" })),
  );
  assert.deepEqual([...new Set(responses.map(({ status }) => status))], [200]);
  assert.ok(upstream.sessions.length > 1);
});

Deno.test("one body of many megabytes passes each way whole", async () => {
  await using upstream = await startHttp2Upstream(leaf, echo);
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const sent = new Uint8Array(8 * 1024 * 1024);
  for (let at = 0; at < sent.length; at++) sent[at] = at % 251;
  const { body } = await client.fetch({ ":method": "POST", ":path": "/" }, sent);
  assert.equal(body.length, sent.length);
  assert.ok(sent.every((byte, at) => body.charCodeAt(at) === byte));
});

Deno.test("a shutdown says goodbye, and lets a stream finish", async () => {
  const finish = Promise.withResolvers<void>();
  await using upstream = await startHttp2Upstream(leaf, (stream) => {
    stream.respond({ ":status": 200 });
    stream.write("first");
    finish.promise.then(() => stream.end(" last"));
  });
  await using proxy = await proxyTo(upstream.port);
  using client = await connectHttp2(proxy, `origin.test:${upstream.port}`);
  const goodbye = Promise.withResolvers<number>();
  client.session.on("goaway", (code) => goodbye.resolve(code));
  const stream = client.open({ ":path": "/" });
  const response = whole(stream);
  await new Promise((resolve) => stream.once("data", resolve));
  stream.end();
  const closed = proxy.engine.close();
  assert.equal(await patiently(goodbye.promise), 0);
  finish.resolve();
  assert.match((await patiently(response)).body, / last$/);
  await patiently(closed);
});
