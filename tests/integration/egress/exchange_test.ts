import assert from "node:assert/strict";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { answering, startRecorder, takeRequest } from "../../support/egress/recorder.ts";

const TOKEN = "sk-real-marker-5f2a91c3";
const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

Deno.test("an exchange goes out with the bottle's credential and without the agent's", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    }],
    tokens: { EGRESS_TOKEN_1: TOKEN },
    caPem,
  });
  const client = await proxy.tunnel(`origin.test:${upstream.port}`);
  await client.write(
    `POST /v1/x?access_token=attacker&y=1 HTTP/1.1\r\nHost: origin.test:${upstream.port}\r\nX-Api-Key: attacker\r\n` +
      "AUTHORIZATION: Bearer attacker\r\nX-First: 1\r\nContent-Length: 5\r\nCookie: a=attacker\r\n\r\nhello",
  );
  const response = await client.response();
  assert.equal(response.status, 200);
  assert.equal(response.body, "ok");
  assert.equal(
    upstream.received,
    `POST /v1/x?y=1 HTTP/1.1\r\nHost: origin.test:${upstream.port}\r\nX-First: 1\r\n` +
      `Content-Length: 5\r\nAuthorization: Bearer ${TOKEN}\r\n\r\nhello`,
  );
  await proxy.rowCount(1);
  const [row] = proxy.rows;
  assert.deepEqual(
    { ...row, time: "", duration_ms: 0 },
    {
      time: "",
      kind: "http",
      method: "POST",
      scheme: "https",
      host: "origin.test",
      port: upstream.port,
      path: "/v1/x?access_token=[redacted]&y=1",
      verdict: "allowed",
      route: "origin.test",
      credential: "bearer",
      marks: ["foreign-credential"],
      status: 200,
      bytes_up: 5,
      bytes_down: 2,
      duration_ms: 0,
    },
  );
  assert.deepEqual(proxy.log, []);
});

Deno.test("an exchange over plain http goes out without any credential", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    }],
    tokens: { EGRESS_TOKEN_1: TOKEN },
  });
  const client = await proxy.plain();
  const host = `origin.test:${upstream.port}`;
  await client.write(
    `GET http://${host}/a HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer x\r\nProxy-Connection: keep-alive\r\n\r\n`,
  );
  assert.equal((await client.response()).status, 200);
  assert.equal(upstream.received, `GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
});

Deno.test("exchanges reuse both connections, and are judged one by one", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      matches: [{ paths: [{ type: "prefix", value: "/ok" }] }],
    }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  for (let n = 0; n < 5; n++) {
    await client.write(`GET /ok/${n} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await client.response()).status, 200);
  }
  assert.equal(upstream.wires.length, 1);
  await client.write(`GET /other HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const refused = await client.response();
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get("x-bot-bottle-block"), "no-match");
  assert.ok(!upstream.received.includes("/other"));
});

Deno.test("pipelined requests are answered in order, the refused ones among them", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    for (;;) {
      const { head } = await takeRequest(wire);
      const path = head.split(" ")[1] ?? "";
      await wire.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
    }
  });
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      matches: [{ paths: [{ type: "prefix", value: "/ok" }] }],
    }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  await client.write(get("/ok/1") + get("/ok/2") + get("/denied") + get("/ok/3"));
  assert.equal((await client.response()).body, "/ok/1");
  assert.equal((await client.response()).body, "/ok/2");
  assert.equal((await client.response()).status, 403);
  assert.equal((await client.response()).body, "/ok/3");
});

Deno.test("a HEAD's, a 204's and a 304's response end with their heads", async () => {
  const answers = [
    "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend",
  ];
  await using upstream = startRecorder(leaf, async (wire) => {
    for (const answer of answers) {
      await takeRequest(wire);
      await wire.write(answer);
    }
    await wire.rest();
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const head = await client.response("HEAD");
  assert.equal(head.headers.get("content-length"), "1000");
  for (const status of [204, 304, 200]) {
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await client.response()).status, status);
  }
  assert.equal(upstream.wires.length, 1);
});

Deno.test("interim responses and trailers pass in both directions", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    await wire.until("X-Sum: 7\r\n\r\n");
    await wire.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nAlt-Svc: h3=":443"\r\nX-Bot-Bottle-Block: secret\r\n\r\n3;x=1\r\nabc\r\n0\r\nX-Trail: t\r\nSet-Cookie: a\r\nAlt-Svc: x\r\nX-Bot-Bottle-Failure: x\r\n\r\n',
    );
    await wire.rest();
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(
    `POST / HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  assert.equal((await client.response()).status, 100);
  assert.equal((await client.response()).status, 103);
  await client.write(
    "5;ext=1\r\nhello\r\n0\r\nX-HTTP-Method-Override: DELETE\r\nX-Original-URL: /b\r\nX-Forwarded-Host: b\r\n" +
      "Authorization: Bearer attacker\r\nX-Sum: 7\r\n\r\n",
  );
  const head = await client.until("\r\n\r\n");
  assert.ok(!/alt-svc|x-bot-bottle/i.test(head), "an upstream must not pass for the proxy");
  assert.equal(await client.until("\r\n\r\n"), "3\r\nabc\r\n0\r\nX-Trail: t\r\n\r\n");
  assert.ok(upstream.received.endsWith("\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"));
});

Deno.test("a response without a length ends with the connection, in chunks for the client", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write("HTTP/1.1 200 OK\r\n\r\nall of it");
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).body, "all of it");
});

Deno.test("an HTTP/1.0 client gets its response unchunked, and then the end", async () => {
  await using upstream = startRecorder(
    leaf,
    answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
  );
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
  const { text, isClean } = await client.rest();
  assert.ok(text.endsWith("\r\n\r\nabc"), text);
  assert.ok(isClean);
});
