import assert from "node:assert/strict";
import { createServer } from "node:tls";
import {
  expiredLeaf,
  futureLeaf,
  selfSignedLeaf,
  testAuthority,
} from "../../support/egress/certificates.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import type { Leaf } from "../../../lib/pki/leaf.ts";

const TOKEN = "sk-real-marker-5f2a91c3";

interface Case {
  readonly name: string;
  readonly certificate: () => Promise<{ readonly leaf: Leaf; readonly caPem: string }>;
}

const ours = await testAuthority();
const foreign = await testAuthority();
const caPem = ours.ca.cert_pem;
const good = { kind: "name", value: "origin.test" } as const;

const cases: readonly Case[] = [
  { name: "an expired certificate", certificate: () => expiredLeaf("origin.test") },
  {
    name: "a certificate that is not valid yet",
    certificate: async () => ({ leaf: await futureLeaf(ours.ca, "origin.test"), caPem }),
  },
  {
    name: "a self-signed certificate",
    certificate: async () => ({ leaf: await selfSignedLeaf("origin.test"), caPem }),
  },
  {
    name: "another host's certificate",
    certificate: async () => ({
      leaf: await ours.issuer.leafFor({ kind: "name", value: "other.test" }),
      caPem,
    }),
  },
  {
    name: "an unknown issuer",
    certificate: async () => ({ leaf: await foreign.issuer.leafFor(good), caPem }),
  },
];

for (const { name, certificate } of cases) {
  Deno.test(`an upstream with ${name} gets nothing`, async () => {
    const { leaf, caPem } = await certificate();
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
    const host = `origin.test:${upstream.port}`;
    const client = await proxy.tunnel(host);
    await client.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\n\r\nbody`);
    const response = await client.response();
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("x-bot-bottle-block"), "upstream-tls");
    assert.equal(upstream.received, "");
    await proxy.rowCount(1);
    assert.equal(proxy.rows[0]?.verdict, "blocked");
    assert.equal(proxy.rows[0]?.reason, "upstream-tls");
    assert.equal(proxy.rows[0]?.credential, undefined);
    assert.equal(proxy.rows[0]?.marks, undefined);
  });
}

Deno.test("an upstream with a good certificate of the extra CA gets the request", async () => {
  await using upstream = startRecorder(await ours.issuer.leafFor(good));
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
  assert.ok(upstream.received.startsWith("GET / HTTP/1.1\r\n"));
});

Deno.test("an upstream that is named by its address is verified by its address", async () => {
  const leaf = await ours.issuer.leafFor({ kind: "ip", value: "127.0.0.1" });
  await using upstream = startRecorder(leaf);
  await using proxy = await startProxy({
    routes: [{ host: "127.0.0.1", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `127.0.0.1:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
});

Deno.test("an upstream that speaks no TLS gets nothing", async () => {
  await using upstream = startRecorder(undefined, async (wire) => {
    await wire.write("220 hello\r\n");
    await wire.rest();
  });
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    }],
    tokens: { EGRESS_TOKEN_1: TOKEN },
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 502);
  assert.ok(!upstream.received.includes(TOKEN) && !upstream.received.includes("GET "));
});

/** A ServerHello of TLS 1.1 (RFC 4346, 7.4.1.3), with a cipher that was mandatory then. */
function helloOfTls11(): Uint8Array {
  const body = [3, 2, ...new Uint8Array(32), 0, 0x00, 0x2f, 0];
  const message = [2, 0, 0, body.length, ...body];
  return Uint8Array.from([22, 3, 2, 0, message.length, ...message]);
}

Deno.test("an upstream that speaks TLS 1.1 at most gets an alert and nothing else", async () => {
  await using upstream = startRecorder(undefined, async (wire) => {
    await wire.exactly(5);
    await wire.write(helloOfTls11());
    await wire.rest();
  });
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
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const response = await client.response();
  assert.equal(response.headers.get("x-bot-bottle-block"), "upstream-tls");
  assert.match(response.body, /can't agree on TLS/);
  // A fatal alert, protocol_version: the last record, and no application data (type 23) before it.
  const [wire] = upstream.wires;
  assert.ok(wire !== undefined);
  assert.ok(wire.received.endsWith("\x15\x03\x03\x00\x02\x02\x46"));
  assert.deepEqual(recordTypes(wire.received), [22, 21]);
});

/** The types of the TLS records that a text of bytes is made of. */
function recordTypes(text: string): readonly number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= text.length;) {
    types.push(text.charCodeAt(at));
    at += 5 + text.charCodeAt(at + 3) * 256 + text.charCodeAt(at + 4);
  }
  return types;
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  Deno.test(`an upstream that wants a client certificate in ${version} is told as such`, async () => {
    const leaf = await ours.issuer.leafFor(good);
    const server = createServer({
      cert: leaf.cert_pem,
      key: leaf.key_pem,
      ca: caPem,
      minVersion: version,
      maxVersion: version,
      requestCert: true,
      rejectUnauthorized: true,
    });
    server.on("tlsClientError", () => {});
    const listening = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", () => listening.resolve());
    await listening.promise;
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    try {
      await using proxy = await startProxy({
        routes: [{ host: "origin.test", ports: [address.port], allow_private: true }],
        caPem,
      });
      const host = `origin.test:${address.port}`;
      const client = await proxy.tunnel(host);
      await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const response = await client.response();
      assert.equal(response.status, 502);
      assert.match(response.body, /wants a client certificate, and there is none/);
    } finally {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    }
  });
}
