import assert from "node:assert/strict";
import { testAuthority } from "../../support/egress/certificates.ts";
import { address, type Proxy, startProxy } from "../../support/egress/proxy.ts";
import { type Recorder, startRecorder } from "../../support/egress/recorder.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

async function withProxy(
  work: (proxy: Proxy, upstream: Recorder, host: string) => Promise<void>,
): Promise<void> {
  await using upstream = startRecorder(leaf);
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  await work(proxy, upstream, `origin.test:${upstream.port}`);
  assert.deepEqual(proxy.log, []);
}

/** `HOST` stands for the host and port of the tunnel. */
const smuggled: readonly (readonly [name: string, bytes: string, reason: string])[] = [
  [
    "Content-Length beside Transfer-Encoding",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "protocol",
  ],
  [
    "two lengths",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "protocol",
  ],
  [
    "two equal lengths",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "protocol",
  ],
  [
    "a list of lengths",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5, 5\r\n\r\nhello",
    "protocol",
  ],
  [
    "a sign in a length",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: +5\r\n\r\nhello",
    "protocol",
  ],
  [
    "a negative length",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
    "protocol",
  ],
  [
    "a space in a length",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1 0\r\n\r\nhello",
    "protocol",
  ],
  [
    "a hexadecimal length",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0x5\r\n\r\nhello",
    "protocol",
  ],
  ["an empty length", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length:\r\n\r\n", "protocol"],
  ["a bare line feed", "GET / HTTP/1.1\nHost: HOST\n\n", "protocol"],
  [
    "a line feed in a value",
    "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n",
    "protocol",
  ],
  ["a bare carriage return", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\rY: b\r\n\r\n", "protocol"],
  ["a NUL", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n", "protocol"],
  ["a folded line", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n", "protocol"],
  [
    "a space before a colon",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length : 5\r\n\r\nhello",
    "protocol",
  ],
  ["a space before Host's colon", "GET / HTTP/1.1\r\nHost : HOST\r\n\r\n", "protocol"],
  [
    "an unknown coding",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "protocol",
  ],
  [
    "a coding before chunked",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "protocol",
  ],
  [
    "two codings' headers",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "protocol",
  ],
  [
    "a vertical tab before a coding",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "protocol",
  ],
  [
    "a coding in HTTP/1.0",
    "POST / HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "protocol",
  ],
  ["an HTTP/2 request line", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "protocol"],
  ["no version", "GET /\r\n\r\n", "protocol"],
  ["two spaces in the request line", "GET  / HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", "protocol"],
  ["two Hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", "protocol"],
  ["another Host", "GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n", "protocol"],
  ["another port in Host", "GET / HTTP/1.1\r\nHost: origin.test:1\r\n\r\n", "protocol"],
  ["userinfo in Host", "GET / HTTP/1.1\r\nHost: evil@HOST\r\n\r\n", "protocol"],
  [
    "an absolute target of another host",
    "GET http://evil.test/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "protocol",
  ],
  ["an empty line before the head", "\r\nGET / HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  [
    "a CONNECT inside the tunnel",
    "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n",
    "protocol",
  ],
  ["TRACE", "TRACE / HTTP/1.1\r\nHost: HOST\r\n\r\n", "method"],
  [
    "a WebSocket upgrade",
    "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "protocol",
  ],
  [
    "an h2c upgrade",
    "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
    "protocol",
  ],
  [
    "Connection naming a framing header",
    "POST / HTTP/1.1\r\nHost: HOST\r\nConnection: content-length\r\nContent-Length: 5\r\n\r\nhello",
    "protocol",
  ],
  [
    "a push",
    "GET /r.git/info/refs?service=git-receive-pack HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "git-push",
  ],
  ["a fragment", "GET /#x HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  [
    "a head of 70 kB",
    `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${"a".repeat(70_000)}\r\n\r\n`,
    "too-large",
  ],
  [
    "201 headers",
    `GET / HTTP/1.1\r\nHost: HOST\r\n${"X: a\r\n".repeat(200)}\r\n`,
    "too-large",
  ],
];

for (const [name, bytes, reason] of smuggled) {
  Deno.test(`a request with ${name} is refused, and nothing goes out`, async () => {
    await withProxy(async (proxy, upstream, host) => {
      const client = await proxy.tunnel(host);
      await client.write(bytes.replaceAll("HOST", host));
      const response = await client.response();
      assert.equal(response.headers.get("x-bot-bottle-block"), reason);
      await client.closeWrite();
      assert.equal((await client.rest()).text, "");
      assert.equal(upstream.received, "");
      await proxy.rowCount(1);
      assert.equal(proxy.rows[0]?.verdict, "blocked");
      assert.equal(proxy.rows[0]?.reason, reason);
    });
  });
}

/** A body that goes wrong after its head has gone out: the upstream must never see an end to it. */
const badChunks: readonly (readonly [name: string, chunks: string])[] = [
  ["a size that is no number", "5\r\nhello\r\nxyz\r\n"],
  ["a size with a sign", "5\r\nhello\r\n+1\r\na\r\n0\r\n\r\n"],
  ["a size with 0x", "5\r\nhello\r\n0x1\r\na\r\n0\r\n\r\n"],
  ["a size that overflows", "5\r\nhello\r\nfffffffffffffffff\r\na"],
  ["a bare line feed after a size", "5\r\nhello\r\n1\na\r\n0\r\n\r\n"],
  ["data longer than its size", "5\r\nhello!\r\n0\r\n\r\n"],
  ["an endless extension", `5\r\nhello\r\n1;${"x".repeat(3000)}`],
  ["a header fold in a trailer", "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n"],
];

for (const [name, chunks] of badChunks) {
  Deno.test(`a chunked body with ${name} is cut off`, async () => {
    await withProxy(async (proxy, upstream, host) => {
      const client = await proxy.tunnel(host);
      await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      await client.write(chunks);
      const response = await client.response();
      const reason = response.headers.get("x-bot-bottle-block");
      assert.ok(reason === "protocol" || reason === "too-large", String(reason));
      assert.ok(!upstream.received.includes("0\r\n\r\n"), upstream.received);
      await proxy.rowCount(1);
      assert.deepEqual([proxy.rows[0]?.verdict, proxy.rows[0]?.marks], ["blocked", [
        "sent-in-part",
      ]]);
    });
  });
}

const connects: readonly (readonly [name: string, bytes: string, reason: string])[] = [
  [
    "to a host without a route",
    "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n",
    "host-not-allowed",
  ],
  ["to another port", "CONNECT origin.test:22 HTTP/1.1\r\nHost: origin.test:22\r\n\r\n", "port"],
  ["without a port", "CONNECT origin.test HTTP/1.1\r\nHost: origin.test\r\n\r\n", "protocol"],
  [
    "to a literal address",
    "CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n",
    "ip-literal",
  ],
  ["to an octal address", "CONNECT 0177.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n", "ip-literal"],
  ["with userinfo", "CONNECT a@HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  ["with another Host", "CONNECT HOST HTTP/1.1\r\nHost: evil.test:443\r\n\r\n", "protocol"],
  [
    "with a body",
    "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc",
    "protocol",
  ],
  [
    "with bytes ahead of the grant",
    "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\nSSH-2.0-x\r\n",
    "protocol",
  ],
];

for (const [name, bytes, reason] of connects) {
  Deno.test(`a CONNECT ${name} is refused and recorded`, async () => {
    await withProxy(async (proxy, upstream, host) => {
      const client = await proxy.plain();
      await client.write(bytes.replaceAll("HOST", host));
      const response = await client.response();
      assert.equal(response.headers.get("x-bot-bottle-block"), reason);
      assert.equal(upstream.wires.length, 0);
      await proxy.rowCount(1);
      assert.equal(proxy.rows[0]?.kind, "connect");
      assert.equal(proxy.rows[0]?.reason, reason);
    });
  });
}

Deno.test("a tunnel with another server name than the CONNECT's is cut", async () => {
  await withProxy(async (proxy, upstream, host) => {
    await assert.rejects(proxy.tunnel(host, "evil.test"));
    assert.equal(upstream.wires.length, 0);
    await proxy.rowCount(1);
    assert.equal(proxy.rows[0]?.kind, "connect");
    assert.equal(proxy.rows[0]?.reason, "protocol");
  });
});

Deno.test("a tunnel with the name of another tunnel that waits for TLS is cut", async () => {
  await using upstream = startRecorder(leaf);
  const ports = [upstream.port];
  await using proxy = await startProxy({
    routes: [
      { host: "origin.test", ports, allow_private: true },
      { host: "other.test", ports, allow_private: true },
    ],
    caPem,
  });
  const waiting = await proxy.plain();
  const other = `other.test:${upstream.port}`;
  await waiting.write(`CONNECT ${other} HTTP/1.1\r\nHost: ${other}\r\n\r\n`);
  await waiting.until("\r\n\r\n");
  const tunnel = await proxy.tunnel(`origin.test:${upstream.port}`, "other.test").catch(() =>
    undefined
  );
  if (tunnel !== undefined) {
    await tunnel.write(`GET / HTTP/1.1\r\nHost: ${other}\r\n\r\n`).catch(() => {});
    assert.equal((await tunnel.rest()).text, "");
  }
  assert.equal(upstream.wires.length, 0);
});

Deno.test("a tunnel without a server name is cut", async () => {
  await withProxy(async (proxy, upstream, host) => {
    // TLS has no server name for an address.
    await assert.rejects(proxy.tunnel(host, "127.0.0.1"));
    assert.equal(upstream.wires.length, 0);
  });
});

for (
  const bytes of [
    "SSH-2.0-OpenSSH_9.2\r\n",
    "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n",
    "\0\0\0\0",
  ]
) {
  Deno.test(`a tunnel with ${JSON.stringify(bytes.slice(0, 8))} in it is cut`, async () => {
    await withProxy(async (proxy, upstream, host) => {
      const client = await proxy.plain();
      await client.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      await client.until("\r\n\r\n");
      await client.write(bytes);
      await client.rest();
      assert.equal(upstream.wires.length, 0);
      await proxy.rowCount(1);
      assert.equal(proxy.rows[0]?.verdict, "blocked");
    });
  });
}

const plain: readonly (readonly [name: string, bytes: string, reason: string])[] = [
  [
    "for a host without a route",
    "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "host-not-allowed",
  ],
  [
    "with another Host than its target",
    "GET http://HOST/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "protocol",
  ],
  ["with userinfo", "GET http://a:b@HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  ["for https", "GET https://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  ["in origin form", "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  ["in asterisk form", "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n", "protocol"],
  [
    "with a backslash in its host",
    "GET http://HOST\\@evil.test/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "protocol",
  ],
  [
    "for a literal address",
    "GET http://169.254.169.254/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n",
    "ip-literal",
  ],
  [
    "for a name with an underscore",
    "GET http://_egress.local/ HTTP/1.1\r\nHost: _egress.local\r\n\r\n",
    "no-match",
  ],
  [
    "for that name in upper case",
    "GET http://_EGRESS.local/self-test HTTP/1.1\r\nHost: _egress.local\r\n\r\n",
    "protocol",
  ],
];

for (const [name, bytes, reason] of plain) {
  Deno.test(`a plain request ${name} is refused`, async () => {
    await withProxy(async (proxy, upstream, host) => {
      const client = await proxy.plain();
      await client.write(bytes.replaceAll("HOST", host));
      const response = await client.response();
      assert.equal(response.headers.get("x-bot-bottle-block"), reason);
      assert.equal(upstream.wires.length, 0);
    });
  });
}

Deno.test("a refusal is JSON that names reason, host and route, and says what to do", async () => {
  await withProxy(async (proxy, _upstream, _host) => {
    const client = await proxy.plain();
    await client.write("GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n");
    const { headers, body } = await client.response();
    assert.equal(headers.get("content-type"), "application/json");
    const document: unknown = JSON.parse(body);
    assert.deepEqual(Object.keys(Object(document)), [
      "error",
      "reason",
      "detail",
      "host",
      "route",
      "hint",
    ]);
  });
});

Deno.test("a name that resolves to a private address is refused, and each use is checked", async () => {
  await using upstream = startRecorder(leaf);
  let answers = 0;
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port] }],
    caPem,
    resolve: () => {
      answers++;
      return Promise.resolve(answers === 1 ? [address("93.184.216.34"), address("127.0.0.1")] : []);
    },
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).headers.get("x-bot-bottle-block"), "private-address");
  assert.equal(upstream.wires.length, 0);
});

Deno.test("a name that does not resolve is refused", async () => {
  await using proxy = await startProxy({
    routes: [{ host: "origin.test" }],
    resolve: () => Promise.resolve([]),
  });
  const client = await proxy.plain();
  await client.write("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
  const response = await client.response();
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("x-bot-bottle-block"), "unresolvable");
});

Deno.test("a connection from an address that is no peer is closed at once", async () => {
  await using proxy = await startProxy({ routes: [], peers: ["10.9.8.7"] });
  const client = await proxy.plain();
  await client.write("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n").catch(
    () => {},
  );
  assert.equal((await client.rest()).text, "");
  assert.deepEqual(proxy.rows, []);
});
