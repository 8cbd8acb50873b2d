import assert from "node:assert/strict";
import { compileExceptions } from "../../../lib/egress/host/destination.ts";
import { hostName } from "../../../lib/egress/host/host.ts";
import { BottleError } from "../../../lib/errors.ts";
import { AddressBook } from "../../../sidecars/egress/upstream/addresses.ts";
import { Connector } from "../../../sidecars/egress/upstream/connector.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import {
  address,
  LOOPBACK,
  type Proxy,
  type ProxyOptions,
  startProxy,
} from "../../support/egress/proxy.ts";
import { type Recorder, startRecorder } from "../../support/egress/recorder.ts";
import { eventually, type WireResponse } from "../../support/egress/wire.ts";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });

function start(
  { port }: Recorder,
  options: Partial<ProxyOptions> & Pick<ProxyOptions, "resolve">,
): Promise<Proxy> {
  return startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true }],
    caPem: ca.cert_pem,
    ...options,
  });
}

async function get(proxy: Proxy, { port }: Recorder): Promise<WireResponse> {
  const client = await proxy.plain();
  const host = `origin.test:${port}`;
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return await client.response();
}

Deno.test("a name whose answers turn private is never connected to there, in 1,000 tries", async () => {
  await using sink = startRecorder(undefined);
  const { port } = sink;
  let asked = 0;
  let now = 0;
  const host = { kind: "name", name: hostName("rebind.test") } as const;
  const connector = new Connector({
    addresses: new AddressBook(() => {
      asked++;
      const next = asked % 2 === 0 ? LOOPBACK : address("192.0.2.1");
      return Promise.resolve({ addresses: [next], ttlMs: 0 });
      // Each look at the clock is a minute later: nothing is remembered.
    }, () => now += 61_000),
    // The public address is nobody's (RFC 5737), and the exception alone makes it one that may be tried.
    exceptions: compileExceptions([{ hosts: [host.name], subnets: ["192.0.2.0/24"] }]),
    proxy: undefined,
    caCerts: [],
    limits: { connectMs: 1, connectInAllMs: 2, staggerMs: 250 },
  });
  const route = { host: host.name, ports: [port], origin: "test" };
  const destination = { scheme: "http", target: { host, port }, route } as const;
  const seen = new Map<string, number>();
  for (let tries = 0; tries < 1_000; tries++) {
    const code = await connector.connect(
      destination,
      { kind: "plain" },
      new AbortController().signal,
    )
      .then(
        ({ conn }) => {
          conn.close();
          return "connected";
        },
        (error) => error instanceof BottleError ? error.code : "bug",
      );
    seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  assert.deepEqual([...seen], [["upstream-unreachable", 500], ["private-address", 500]]);
  assert.equal(asked, 1_000);
  assert.equal(sink.wires.length, 0);
});

Deno.test("an answer that mixes public and private addresses reaches neither", async () => {
  await using sink = startRecorder(undefined);
  for (const resolved of [["127.0.0.1", "192.0.2.1"], ["192.0.2.1", "127.0.0.1"]]) {
    await using proxy = await startProxy({
      routes: [{ host: "origin.test", ports: [sink.port] }],
      privateExceptions: [{ hosts: ["origin.test"], subnets: ["192.0.2.0/24"] }],
      resolve: () => Promise.resolve(resolved.map(address)),
    });
    const response = await get(proxy, sink);
    assert.equal(response.headers.get("x-bot-bottle-block"), "private-address");
    assert.equal(sink.wires.length, 0);
  }
});

Deno.test("an address that refuses is passed over for the next", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await start(upstream, {
    resolve: () => Promise.resolve(["127.0.0.2", "127.0.0.3", "127.0.0.1"].map(address)),
    limits: { staggerMs: 3_600_000 },
  });
  assert.equal((await get(proxy, upstream)).status, 200);
});

Deno.test("an address that is silent is passed over for the next, and the name still answered", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await start(upstream, {
    // Nobody's (RFC 5737): packets to it get no answer, or at once a refusal.
    resolve: () => Promise.resolve([address("192.0.2.1"), LOOPBACK]),
    limits: { staggerMs: 20 },
  });
  assert.equal((await get(proxy, upstream)).status, 200);
});

Deno.test("an upstream that no address leads to fails within its limit", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await start(upstream, {
    resolve: () => Promise.resolve(["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(address)),
    limits: { connectMs: 3_600_000, connectInAllMs: 100, staggerMs: 10 },
  });
  const response = await get(proxy, upstream);
  assert.deepEqual([response.status, response.headers.get("x-bot-bottle-failure")], [
    502,
    "upstream-unreachable",
  ]);
});

Deno.test("an address where TLS breaks off is passed over for the next; one with a wrong certificate is not", async () => {
  const wrong = await issuer.leafFor({ kind: "name", value: "other.test" });
  await using good = startRecorder(leaf);
  const onPort = { port: good.port, hostname: "127.0.0.2" };
  const cutting = Deno.listen(onPort);
  const cut = (async () => {
    for await (const conn of cutting) conn.close();
  })();
  const addresses = ["127.0.0.2", "127.0.0.1"].map(address);
  await using proxy = await start(good, { resolve: () => Promise.resolve(addresses) });
  const ask = async (): Promise<WireResponse> => {
    const host = `origin.test:${good.port}`;
    const client = await proxy.tunnel(host);
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return await client.response();
  };
  assert.equal((await ask()).status, 200);
  cutting.close();
  await cut;
  proxy.engine.replaceRoutes([{
    host: "origin.test",
    ports: [good.port],
    allow_private: true,
    origin: "test",
  }], 2);
  const before = good.wires.length;
  const listening = Deno.listenTls({ ...onPort, cert: wrong.cert_pem, key: wrong.key_pem });
  const refusing = (async () => {
    for await (const conn of listening) {
      await conn.handshake().catch(() => {});
      conn.close();
    }
  })();
  const response = await ask();
  listening.close();
  await refusing;
  assert.equal(response.headers.get("x-bot-bottle-block"), "upstream-tls");
  assert.equal(good.wires.length, before);
});

const LOOPBACK6 = address("::1");
/** Not every machine has IPv6, nor every container. */
function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "an upstream at an IPv6 address is reached, by its name and by the address itself",
  ignore: !hasIpv6(),
  fn: async () => {
    const listener = Deno.listen({ hostname: "::1", port: 0 });
    const { port } = listener.addr;
    const heads: string[] = [];
    const serving = (async () => {
      for await (const conn of listener) {
        const buffer = new Uint8Array(4_096);
        const count = await conn.read(buffer) ?? 0;
        heads.push(new TextDecoder().decode(buffer.subarray(0, count)));
        await conn.write(
          new TextEncoder().encode(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
          ),
        );
        conn.close();
      }
    })();
    try {
      await using proxy = await startProxy({
        routes: ["origin.test", "[::1]"].map((host) => ({
          host,
          ports: [port],
          allow_private: true,
        })),
        resolve: () => Promise.resolve([LOOPBACK6]),
      });
      for (const host of [`origin.test:${port}`, `[::1]:${port}`]) {
        const client = await proxy.plain();
        await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        assert.equal((await client.response()).status, 200, host);
      }
      assert.deepEqual(heads.map((head) => /^host: (.*)\r$/im.exec(head)?.[1]), [
        `origin.test:${port}`,
        `[::1]:${port}`,
      ]);
    } finally {
      listener.close();
      await serving;
    }
  },
});

Deno.test("requests that come at once for one name ask once, and a connection outlives its name's answer", async () => {
  await using upstream = startRecorder(undefined);
  const answer = Promise.withResolvers<void>();
  let asked = 0;
  await using proxy = await start(upstream, {
    resolve: async () => {
      asked++;
      await answer.promise;
      return [LOOPBACK];
    },
    ttlMs: 0,
  });
  const responses = Array.from({ length: 8 }, () => get(proxy, upstream));
  answer.resolve();
  for (const response of responses) assert.equal((await response).status, 200);
  assert.equal(asked, 1);
});

Deno.test("spellings of one name share its connections", async () => {
  await using upstream = startRecorder(leaf);
  await using proxy = await start(upstream, { resolve: () => Promise.resolve([LOOPBACK]) });
  for (const name of ["origin.test", "ORIGIN.test", "origin.test."]) {
    const host = `${name}:${upstream.port}`;
    const client = await proxy.tunnel(host, "origin.test");
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await client.response()).status, 200, name);
  }
  assert.equal(upstream.wires.length, 1);
  assert.deepEqual([...new Set(upstream.received.match(/^Host: .*/gim))], [
    `Host: origin.test:${upstream.port}`,
  ]);
});

Deno.test("connections are never shared among names or ports, or between http and https", async () => {
  await using secure = startRecorder(await issuer.leafFor({ kind: "name", value: "origin.test" }));
  await using plain = startRecorder(undefined);
  await using proxy = await startProxy({
    routes: ["origin.test", "other.test"].map((host) => ({
      host,
      ports: [secure.port, plain.port],
      allow_private: true,
    })),
    caPem: ca.cert_pem,
  });
  const ask = async (host: string): Promise<void> => {
    const client = await proxy.plain();
    await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await client.response()).status, 200);
  };
  await ask(`origin.test:${plain.port}`);
  await ask(`other.test:${plain.port}`);
  await ask(`origin.test:${plain.port}`);
  assert.equal(plain.wires.length, 2);
  const hostsOf = plain.wires.map(({ received }) =>
    new Set([...received.matchAll(/^host: (.*)\r$/gim)].map(([, host]) => host)).size
  );
  assert.deepEqual(hostsOf, [1, 1]);
});

Deno.test("an upstream has so many connections and no more", async () => {
  await using upstream = startRecorder(undefined, async (wire) => void await wire.rest());
  await using proxy = await start(upstream, {
    resolve: () => Promise.resolve([LOOPBACK]),
    limits: { connectionsPerOrigin: 2 },
  });
  const host = `origin.test:${upstream.port}`;
  for (let number = 0; number < 2; number++) {
    const client = await proxy.plain();
    await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  }
  await eventually(() => upstream.wires.length === 2);
  const response = await get(proxy, upstream);
  assert.deepEqual([response.status, response.headers.get("x-bot-bottle-block")], [
    429,
    "too-many",
  ]);
});
