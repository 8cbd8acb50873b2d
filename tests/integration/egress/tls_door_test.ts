import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { testAuthority } from "../../support/egress/certificates.ts";
import { inRecords, makeHello, serverName, versions } from "../../support/egress/client_hello.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });

const refused: readonly (readonly [name: string, bytes: string | Uint8Array])[] = [
  ["an ssh banner", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["a request of HTTP", "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n"],
  ["the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
  ["a CONNECT", "CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\n\r\n"],
  ["SOCKS 5", "\x05\x01\x00"],
  ["SMTP", "EHLO origin.test\r\n"],
  ["nothing but zeros", "\0".repeat(64)],
  ["SSL 2", Buffer.from("802e0100020015000000100100800200800300800400800500800600", "hex")],
  ["an alert", Buffer.from("15030300020228", "hex")],
  ["application data", Buffer.from("17030300020000", "hex")],
  ["TLS 1.0", inRecords(makeHello({ version: 0x0301, extensions: [serverName("origin.test")] }))],
  ["TLS 1.1", inRecords(makeHello({ version: 0x0302, extensions: [serverName("origin.test")] }))],
  [
    "TLS 1.1 alone in its versions",
    inRecords(makeHello({
      extensions: [serverName("origin.test"), versions(0x0302)],
    })),
  ],
  ["no server name", inRecords(makeHello({ extensions: [versions(0x0304, 0x0303)] }))],
  ["another server name", inRecords(makeHello({ extensions: [serverName("evil.test")] }))],
  [
    "a server name with a NUL",
    inRecords(makeHello({
      extensions: [serverName("origin.test\0.evil.test")],
    })),
  ],
  [
    "two server names",
    inRecords(makeHello({
      extensions: [serverName("origin.test", "evil.test")],
    })),
  ],
  ["an address as server name", inRecords(makeHello({ extensions: [serverName("127.0.0.1")] }))],
];

for (const [name, bytes] of refused) {
  Deno.test(`a tunnel that begins with ${name} is cut and recorded, and nothing goes out`, async () => {
    await using upstream = startRecorder(leaf);
    const { port } = upstream;
    await using proxy = await startProxy({
      routes: [{ host: "origin.test", ports: [port], allow_private: true }],
      caPem: ca.cert_pem,
      // What is too short for anything is waited for no longer.
      limits: { headMs: 500 },
    });
    const host = `origin.test:${port}`;
    const wire = await proxy.plain();
    await wire.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await wire.until("\r\n\r\n");
    await wire.write(bytes);
    // An alert may come, and nothing else: no handshake begins.
    const { text } = await wire.rest();
    assert.ok(text === "" || text.length === 7 && text.startsWith("\x15"), text);
    assert.equal(upstream.wires.length, 0);
    await proxy.rowCount(1);
    assert.equal(proxy.rows.length, 1);
    const [row] = proxy.rows;
    assert.equal(row?.kind, "connect");
    assert.equal(row?.host, "origin.test");
    assert.equal(row?.verdict, "blocked");
    assert.equal(row?.reason, "protocol");
    assert.deepEqual(proxy.log, []);
  });
}
