import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { testAuthority } from "../../support/egress/certificates.ts";
import { inRecords, makeHello, serverName } from "../../support/egress/client_hello.ts";
import { type Proxy, type ProxyOptions, startProxy } from "../../support/egress/proxy.ts";
import {
  answering,
  type Behaviour,
  type Recorder,
  startRecorder,
} from "../../support/egress/recorder.ts";
import { patiently, Wire } from "../../support/egress/wire.ts";
import type { Leaf } from "../../../lib/pki/leaf.ts";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });
const OK = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

interface Setting {
  readonly leaf?: Leaf | undefined;
  readonly behaviour?: Behaviour;
  readonly options?: Partial<ProxyOptions>;
}

async function withUpstream(
  test: (proxy: Proxy, host: string, upstream: Recorder) => Promise<void>,
  { behaviour = OK, options = {}, ...setting }: Setting = {},
): Promise<void> {
  await using upstream = startRecorder("leaf" in setting ? setting.leaf : leaf, behaviour);
  const { port } = upstream;
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true, tls: "passthrough" }],
    ...options,
  });
  await test(proxy, `origin.test:${port}`, upstream);
  assert.deepEqual(proxy.log, []);
}

async function granted(proxy: Proxy, host: string): Promise<Wire> {
  return await ask(await proxy.plain(), host);
}

async function ask(wire: Wire, host: string): Promise<Wire> {
  await wire.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await wire.response("HEAD")).status, 200);
  return wire;
}

Deno.test("a passthrough leaves TLS to the client and the upstream", async () => {
  await withUpstream(async (proxy, host, upstream) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: proxy.engine.port });
    await ask(new Wire(conn), host);
    // The proxy has no such certificate: only the upstream itself has.
    const tls = await Deno.startTls(conn, {
      hostname: "origin.test",
      caCerts: [ca.cert_pem],
    });
    using inner = new Wire(tls);
    await patiently(tls.handshake());
    await inner.write(`GET /anything HTTP/1.1\r\nHost: ${host}\r\nAuthorization: mine\r\n\r\n`);
    assert.equal((await inner.response()).body, "ok");
    assert.match(upstream.received, /^Authorization: mine\r$/m);
    inner.close();
    await proxy.rowCount(1);
    const [row] = proxy.rows;
    assert.equal(proxy.rows.length, 1);
    assert.equal(row?.kind, "connect");
    assert.equal(row?.host, "origin.test");
    assert.equal(row?.route, "origin.test");
    assert.equal(row?.path, "");
    assert.deepEqual(row?.marks, ["passthrough"]);
    assert.ok((row?.bytes_up ?? 0) > 300 && (row?.bytes_down ?? 0) > 300);
  });
});

Deno.test("a passthrough takes the hello to the upstream byte for byte, and closes by halves", async () => {
  const hello = inRecords(makeHello(), [10, 30]);
  const behaviour: Behaviour = async (wire) => {
    const { text } = await wire.rest();
    await wire.write(`you said ${text.length}`);
  };
  await withUpstream(async (proxy, host, upstream) => {
    const wire = await granted(proxy, host);
    for (const byte of hello) await wire.write(new Uint8Array([byte]));
    await wire.write("and so on");
    await wire.closeWrite();
    assert.deepEqual(await wire.rest(), {
      text: `you said ${hello.length + 9}`,
      isClean: true,
    });
    assert.equal(upstream.received, `${Buffer.from(hello).toString("latin1")}and so on`);
    await proxy.rowCount(1);
    const [row] = proxy.rows;
    assert.equal(row?.verdict, "allowed");
    assert.equal(row?.bytes_up, hello.length + 9);
    assert.equal(row?.bytes_down, `you said ${hello.length + 9}`.length);
  }, { leaf: undefined, behaviour });
});

const refused: readonly (readonly [name: string, bytes: string | Uint8Array])[] = [
  ["an ssh banner", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["a request of HTTP", "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n"],
  ["another name", inRecords(makeHello({ extensions: [serverName("evil.test")] }))],
  ["a name below it", inRecords(makeHello({ extensions: [serverName("a.origin.test")] }))],
  ["no name", inRecords(makeHello({ extensions: [] }))],
  ["two names", inRecords(makeHello({ extensions: [serverName("origin.test", "evil.test")] }))],
  [
    "a name that is encrypted",
    inRecords(makeHello({
      extensions: [serverName("origin.test"), [0xfe0d, new Uint8Array(8)]],
    })),
  ],
  ["TLS 1.0", inRecords(makeHello({ version: 0x0301 }))],
  ["TLS 1.1", inRecords(makeHello({ version: 0x0302 }))],
  ["SSL 2", Buffer.from("802e010002", "hex")],
];

for (const [name, bytes] of refused) {
  Deno.test(`a passthrough that begins with ${name} is cut, and nothing goes out`, async () => {
    await withUpstream(async (proxy, host, upstream) => {
      const wire = await granted(proxy, host);
      await wire.write(bytes);
      assert.equal((await wire.rest()).text, "");
      assert.equal(upstream.wires.length, 0);
      await proxy.rowCount(1);
      const [row] = proxy.rows;
      assert.equal(row?.kind, "connect");
      assert.equal(row?.verdict, "blocked");
      assert.equal(row?.reason, "protocol");
      assert.deepEqual(row?.marks, ["passthrough"]);
    });
  });
}

Deno.test("a passthrough whose hello does not come to its end is cut", async () => {
  await withUpstream(async (proxy, host, upstream) => {
    const wire = await granted(proxy, host);
    await wire.write(inRecords(makeHello()).subarray(0, 60));
    assert.equal((await wire.rest()).text, "");
    assert.equal(upstream.wires.length, 0);
    await proxy.rowCount(1);
    assert.equal(proxy.rows[0]?.reason, "protocol");
  }, { options: { limits: { headMs: 300 } } });
});

Deno.test("a passthrough with bytes ahead of the grant is refused", async () => {
  await withUpstream(async (proxy, host, upstream) => {
    const wire = await proxy.plain();
    const connect = Buffer.from(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await wire.write(Buffer.concat([connect, inRecords(makeHello())]));
    assert.equal((await wire.response()).headers.get("x-bot-bottle-block"), "protocol");
    assert.equal(upstream.wires.length, 0);
  });
});

Deno.test("a passthrough goes to no private address unless its route says so", async () => {
  await using upstream = startRecorder(leaf);
  const { port } = upstream;
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [port], tls: "passthrough" }],
  });
  const wire = await granted(proxy, `origin.test:${port}`);
  await wire.write(inRecords(makeHello()));
  assert.equal((await wire.rest()).text, "");
  assert.equal(upstream.wires.length, 0);
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.reason, "private-address");
});

Deno.test("a passthrough in which nothing moves is cut", async () => {
  await withUpstream(async (proxy, host) => {
    const wire = await granted(proxy, host);
    await wire.write(inRecords(makeHello()));
    await wire.rest();
    await proxy.rowCount(1);
    assert.equal(proxy.rows[0]?.reason, "upstream-timeout");
  }, {
    leaf: undefined,
    behaviour: async (wire) => void await wire.rest(),
    options: { limits: { silenceMs: 300 } },
  });
});

Deno.test("a passthrough in which something always moves has an end all the same", async () => {
  await withUpstream(async (proxy, host) => {
    const wire = await granted(proxy, host);
    await wire.write(inRecords(makeHello()));
    const { text } = await wire.rest();
    assert.ok(text.startsWith("more"));
    await proxy.rowCount(1);
    assert.equal(proxy.rows[0]?.reason, "upstream-timeout");
  }, {
    leaf: undefined,
    behaviour: async (wire) => {
      for (;;) {
        await wire.write("more");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    options: { limits: { totalMs: 2_000 } },
  });
});

Deno.test("a passthrough to an upstream that is not there is cut and recorded", async () => {
  const gone = startRecorder(leaf);
  const { port } = gone;
  await gone[Symbol.asyncDispose]();
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true, tls: "passthrough" }],
  });
  const wire = await granted(proxy, `origin.test:${port}`);
  await wire.write(inRecords(makeHello()));
  assert.equal((await wire.rest()).text, "");
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.reason, "upstream-unreachable");
});

Deno.test("a proxy that shuts down ends its passthroughs", async () => {
  await using upstream = startRecorder(undefined, async (wire) => void await wire.rest());
  const proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [upstream.port],
      allow_private: true,
      tls: "passthrough",
    }],
  });
  const wire = await granted(proxy, `origin.test:${upstream.port}`);
  await wire.write(inRecords(makeHello()));
  while (upstream.received === "") await new Promise((resolve) => setTimeout(resolve, 10));
  await proxy.engine.close();
  assert.equal((await wire.rest()).text, "");
  assert.equal(proxy.rows[0]?.verdict, "allowed");
  await proxy[Symbol.asyncDispose]();
});
