import assert from "node:assert/strict";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import { makePlaceholder, parseSlug } from "../../../lib/names.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { connectHttp2 } from "../../support/egress/http2/peers.ts";
import { type Proxy, type ProxyOptions, startProxy } from "../../support/egress/proxy.ts";
import {
  type Behaviour,
  type Recorder,
  startRecorder,
  takeRequest,
} from "../../support/egress/recorder.ts";
import { eventually, patiently } from "../../support/egress/wire.ts";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });
const MANY_BYTES = 100_000_000;

async function withUpstream(
  behaviour: Behaviour,
  options: Partial<ProxyOptions>,
  test: (proxy: Proxy, host: string, upstream: Recorder) => Promise<void>,
): Promise<void> {
  await using upstream = startRecorder(leaf, behaviour);
  const { port } = upstream;
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true }],
    caPem: ca.cert_pem,
    ...options,
  });
  await test(proxy, `origin.test:${port}`, upstream);
  assert.deepEqual(proxy.log, []);
}

/** Answers with more than all buffers on the way hold. */
const flood: Behaviour = async (wire) => {
  await takeRequest(wire);
  await wire.write(`HTTP/1.1 200 OK\r\nContent-Length: ${MANY_BYTES}\r\n\r\n`);
  await sendMany(wire);
};

async function sendMany(wire: { write(bytes: Uint8Array): Promise<void> }): Promise<void> {
  const piece = new Uint8Array(1_000_000);
  for (let sent = 0; sent < MANY_BYTES; sent += piece.length) await wire.write(piece);
}

function ends({ rows: [row] }: Proxy): readonly unknown[] {
  return [row?.verdict, row?.reason, row?.status] satisfies [
    AuditRow["verdict"] | undefined,
    ...unknown[],
  ];
}

Deno.test("a client that does not read is given up, and it is told that it was the client", async () => {
  await withUpstream(flood, { limits: { silenceMs: 2_000 } }, async (proxy, host) => {
    const client = await proxy.tunnel(host);
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await proxy.rowCount(1);
    assert.deepEqual(ends(proxy), ["failed", "client-timeout", 200]);
    await eventually(() => proxy.engine.stats().open_connections === 0);
  });
});

Deno.test("a stream of HTTP/2 that the client does not read is given up, and no other", async () => {
  await withUpstream(flood, { limits: { silenceMs: 2_000 } }, async (proxy, host) => {
    using client = await connectHttp2(proxy, host);
    const stream = client.open({ ":path": "/" });
    stream.on("error", () => {});
    stream.end();
    await proxy.rowCount(1);
    assert.deepEqual(ends(proxy), ["failed", "client-timeout", 200]);
    assert.equal(proxy.engine.stats().open_connections, 1);
  });
});

Deno.test("an upstream that does not take a body is given up, and it is told that it was the upstream", async () => {
  const done = Promise.withResolvers<void>();
  const deaf: Behaviour = async (wire) => {
    await wire.until("\r\n\r\n");
    await done.promise;
  };
  await withUpstream(deaf, { limits: { idleMs: 2_000 } }, async (proxy, host) => {
    const client = await proxy.tunnel(host);
    await client.write(
      `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${MANY_BYTES}\r\n\r\n`,
    );
    const sending = sendMany(client).catch(() => {});
    await proxy.rowCount(1);
    assert.deepEqual(ends(proxy), ["failed", "upstream-timeout", 504]);
    await sending;
    done.resolve();
  });
});

Deno.test("what is refused of a body whose answer came before is recorded as refused", async () => {
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const value = makePlaceholder("sk-ant-oat01-", parseSlug("demo-ab12c"), random);
  const early: Behaviour = async (wire) => {
    await wire.until("first");
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await wire.rest();
  };
  const rests = [
    [`${value.length.toString(16)}\r\n${value}\r\n`, "blocked", "placeholder"],
    ["no size\r\n", "blocked", "protocol"],
  ] as const;
  for (const [rest, ...expected] of rests) {
    const placeholders = [{ value, token: null }];
    await withUpstream(early, { placeholders }, async (proxy, host, upstream) => {
      const client = await proxy.tunnel(host);
      await client.write(
        `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`,
      );
      assert.equal((await client.response()).body, "ok");
      await client.write(rest);
      await proxy.rowCount(1);
      assert.deepEqual(ends(proxy), [...expected, 200]);
      assert.ok(proxy.rows[0]?.marks?.includes("sent-in-part"));
      assert.ok(!upstream.received.includes(value));
    });
  }
});

Deno.test("a client that goes after its answer, and before the end of its body, has got its answer", async () => {
  const early: Behaviour = async (wire) => {
    await wire.until("first");
    await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await wire.rest();
  };
  await withUpstream(early, {}, async (proxy, host) => {
    const client = await proxy.tunnel(host);
    await client.write(
      `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`,
    );
    assert.equal((await client.response()).body, "ok");
    client.close();
    await proxy.rowCount(1);
    assert.deepEqual(ends(proxy), ["allowed", undefined, 200]);
  });
});

Deno.test("a request whose client went while it waited for its budget never leaves", async () => {
  await using upstream = startRecorder(leaf);
  const { port } = upstream;
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await using proxy = await startProxy({
    routes: [{
      host: "origin.test",
      ports: [port],
      allow_private: true,
      limits: { bytes_out: 10_000 },
    }],
    caPem: ca.cert_pem,
    reserveBytes: async ({ bytes }) => {
      // The first request's connection is there to be used again: nothing else would wait.
      if (upstream.received !== "") {
        asked.resolve();
        await gone.promise;
      }
      return { granted: Math.min(bytes, 400), reserved: 400 };
    },
  });
  const host = `origin.test:${port}`;
  using client = await connectHttp2(proxy, host);
  assert.equal((await client.fetch({ ":path": "/one" })).status, 200);
  const stream = client.open({ ":path": `/two${"x".repeat(500)}` });
  stream.on("error", () => {});
  await asked.promise;
  stream.close(8);
  // What is answered now came behind the reset.
  assert.equal((await client.fetch({ ":method": "TRACE", ":path": "/" })).status, 403);
  gone.resolve();
  await proxy.rowCount(3);
  assert.ok(!upstream.received.includes("/two"));
});

Deno.test("a shutdown waits neither for a client nor for a ledger that says nothing, and tells that it was one", async () => {
  const deaf: Behaviour = async (wire) => void await wire.rest();
  const asked = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, deaf);
  const route = { ports: [upstream.port], allow_private: true };
  await using proxy = await startProxy({
    routes: [
      { ...route, host: "origin.test" },
      { ...route, host: "limited.test", limits: { bytes_out: 10_000 } },
    ],
    caPem: ca.cert_pem,
    reserveBytes: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const host = `origin.test:${upstream.port}`;
  const busy = await proxy.tunnel(host);
  await busy.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const waiting = await proxy.plain();
  const limited = `limited.test:${upstream.port}`;
  await waiting.write(`GET http://${limited}/ HTTP/1.1\r\nHost: ${limited}\r\n\r\n`);
  await asked.promise;
  await eventually(() => upstream.received.endsWith("\r\n\r\n"));
  await patiently(proxy.engine.close());
  const { verdict, reason, detail } = proxy.rows[0] ?? {};
  assert.deepEqual([verdict, reason, detail], ["failed", "client-closed", "The proxy shut down"]);
  assert.equal(proxy.rows.length, 1);
});
