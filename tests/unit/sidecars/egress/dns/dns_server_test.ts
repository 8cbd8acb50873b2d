import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { AuditRow } from "../../../../../lib/egress/audit/audit_row.ts";
import { DNS_TCP_CONNECTIONS, serveDnsTcp } from "../../../../../sidecars/egress/dns/dns_tcp.ts";
import { type DnsServer, startDnsServer } from "../../../../../sidecars/egress/dns/dns_server.ts";
import { dnsQuestion } from "../../../../support/dns_question.ts";

const LOCAL = "127.0.0.1";

async function start(
  rows: AuditRow[] = [],
  peers: readonly string[] = [LOCAL],
): Promise<DnsServer> {
  return await startDnsServer({
    listen: { address: LOCAL, port: 0 },
    names: { "git-gate": "10.99.0.2" },
    peers,
    onRow: (row) => rows.push(row),
  });
}

/** The datagrams that come back within 300 ms, or the first. */
async function askUdp(port: number, message: Uint8Array): Promise<Uint8Array | undefined> {
  const socket = createSocket("udp4");
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  socket.on("message", (bytes: Uint8Array) => resolve(bytes));
  const timer = setTimeout(() => resolve(undefined), 300);
  socket.send(message, port, LOCAL);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    const closed = Promise.withResolvers<void>();
    socket.close(() => closed.resolve());
    await closed.promise;
  }
}

async function readAll(connection: Deno.TcpConn): Promise<Uint8Array> {
  const chunks: number[] = [];
  const buffer = new Uint8Array(512);
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return Uint8Array.from(chunks);
    chunks.push(...buffer.subarray(0, count));
  }
}

/** Sends the bytes, ends, and gives what came. */
async function askTcp(port: number, bytes: Uint8Array): Promise<Uint8Array> {
  using connection = await Deno.connect({ hostname: LOCAL, port });
  await connection.write(bytes);
  await connection.closeWrite();
  return await readAll(connection);
}

const framed = (message: Uint8Array): Uint8Array =>
  Uint8Array.of(message.length >> 8, message.length & 0xff, ...message);
const code = (message: Uint8Array | undefined): number | undefined =>
  message && (message[3] ?? 0) & 15;

Deno.test("startDnsServer answers its names by UDP and all else with NXDOMAIN at once", async () => {
  const rows: AuditRow[] = [];
  await using server = await start(rows);
  const known = await askUdp(server.port, dnsQuestion("git-gate", 1));
  assert.deepEqual([...known?.subarray(-4) ?? []], [10, 99, 0, 2]);
  assert.equal(code(await askUdp(server.port, dnsQuestion("git-gate", 28))), 0);
  assert.equal(code(await askUdp(server.port, dnsQuestion("example.com", 1))), 3);
  assert.equal(code(await askUdp(server.port, dnsQuestion("example.com", 1).subarray(0, 20))), 1);
  assert.deepEqual(rows.map(({ method, host, verdict }) => `${method} ${host} ${verdict}`), [
    "A git-gate allowed",
    "A example.com blocked",
  ]);
});

Deno.test("startDnsServer answers several questions on one TCP connection, in order", async () => {
  await using server = await start();
  const both = Uint8Array.of(
    ...framed(dnsQuestion("git-gate", 1, { id: 7 })),
    ...framed(dnsQuestion("a.com", 16, { id: 8 })),
  );
  const bytes = await askTcp(server.port, both);
  const first = bytes.subarray(2, 2 + (bytes[1] ?? 0));
  const second = bytes.subarray(2 + first.length + 2);
  assert.deepEqual([first[1], code(first), second[1], code(second)], [7, 0, 8, 3]);
});

Deno.test("startDnsServer stays silent to anybody but its peers", async () => {
  const rows: AuditRow[] = [];
  await using server = await start(rows, ["127.0.0.9"]);
  assert.equal(await askUdp(server.port, dnsQuestion("git-gate", 1)), undefined);
  assert.equal(
    (await askTcp(server.port, framed(dnsQuestion("git-gate", 1))).catch(() => "")).length,
    0,
  );
  assert.deepEqual(rows, []);
});

Deno.test("startDnsServer tells at its end what it only counted", async () => {
  const rows: AuditRow[] = [];
  {
    await using server = await start(rows);
    for (let count = 0; count < 3; count++) await askUdp(server.port, dnsQuestion("a.com", 1));
  }
  assert.equal(rows.length, 2);
  assert.match(rows[1]?.detail ?? "", /also 2 repeats/);
});

Deno.test("startDnsServer says which address it can't have", async () => {
  await using server = await start();
  const options = {
    listen: { address: LOCAL, port: server.port },
    names: {},
    peers: [],
    onRow: () => {},
  };
  await assert.rejects(startDnsServer(options), {
    code: "dns-listen",
    message: `Cannot answer look-ups on "127.0.0.1" port ${server.port}`,
  });
});

Deno.test("startDnsServer takes another free port when the first one is taken for TCP", async () => {
  const { listen } = Deno;
  const taken: number[] = [];
  Reflect.set(Deno, "listen", (options: { readonly port: number }) => {
    Reflect.set(Deno, "listen", listen);
    taken.push(options.port);
    throw new Deno.errors.AddrInUse();
  });
  try {
    await using server = await start();
    assert.equal(taken.length, 1);
    assert.notEqual(server.port, taken[0]);
    assert.equal(code(await askUdp(server.port, dnsQuestion("example.com", 1))), 3);
  } finally {
    Reflect.set(Deno, "listen", listen);
  }
});

Deno.test("startDnsServer says so when only the TCP port is taken, and keeps nothing open", async () => {
  using taken = Deno.listen({ hostname: LOCAL, port: 0 });
  const listen = { address: LOCAL, port: taken.addr.port };
  await assert.rejects(startDnsServer({ listen, names: {}, peers: [], onRow: () => {} }), {
    code: "dns-listen",
  });
});

Deno.test("startDnsServer closes open connections at its end", async () => {
  const server = await start();
  using connection = await Deno.connect({ hostname: LOCAL, port: server.port });
  await connection.write(framed(dnsQuestion("git-gate", 1)));
  await connection.read(new Uint8Array(512));
  await server[Symbol.asyncDispose]();
  assert.equal((await readAll(connection)).length, 0);
});

Deno.test("serveDnsTcp closes a connection that sends a broken or an endless message", async () => {
  await using server = await start();
  for (const bytes of [[0], [0xff, 0xff, 1, 2], [0, 0], [0, 3, 1, 2, 3], [0, 50, 1]]) {
    assert.equal((await askTcp(server.port, Uint8Array.from(bytes))).length, 0, String(bytes));
  }
});

Deno.test("serveDnsTcp ends a connection at the end of its life, however slowly it goes on", async () => {
  using listener = Deno.listen({ hostname: LOCAL, port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using _server = serveDnsTcp({
    listen: { address: LOCAL, port },
    peers: new Set([LOCAL]),
    answer: (message) => message,
    lifeMs: 100,
  });
  using connection = await Deno.connect({ hostname: LOCAL, port });
  const started = performance.now();
  await connection.write(Uint8Array.of(0, 9, 1));
  assert.equal((await readAll(connection)).length, 0);
  assert.ok(performance.now() - started >= 90);
});

Deno.test("serveDnsTcp holds a bounded number of connections and serves again when they are gone", async () => {
  await using server = await start();
  const held: Deno.TcpConn[] = [];
  for (let count = 0; count < DNS_TCP_CONNECTIONS; count++) {
    held.push(await Deno.connect({ hostname: LOCAL, port: server.port }));
  }
  const question = framed(dnsQuestion("git-gate", 1));
  assert.equal((await askTcp(server.port, question).catch(() => "")).length, 0);
  for (const connection of held) connection.close();
  let answered = 0;
  for (let tries = 0; tries < 50 && answered === 0; tries++) {
    answered = (await askTcp(server.port, question).catch(() => "")).length;
  }
  assert.ok(answered > 0);
});
