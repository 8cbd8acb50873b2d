import assert from "node:assert/strict";
import { bodyDecoder } from "../../../../../lib/egress/http1/body_decoder.ts";
import { UpstreamConnection } from "../../../../../sidecars/egress/upstream/upstream_connection.ts";
import { eventually } from "../../../../support/egress/wire.ts";

const BIG = 300_000;
const HEAD = "HTTP/1.1 200 OK\r\n\r\n";

/** A connection over loopback, and its other end. */
async function connected(): Promise<
  { readonly connection: UpstreamConnection; readonly upstream: Deno.TcpConn } & Disposable
> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [conn, upstream] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  const connection = new UpstreamConnection(conn);
  return {
    connection,
    upstream,
    [Symbol.dispose]: () => {
      connection.close();
      upstream.close();
    },
  };
}

async function send(upstream: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await upstream.write(bytes.subarray(at));
}

async function readBody({ reader }: UpstreamConnection, length: number): Promise<number> {
  const decoder = bodyDecoder({ kind: "length", length });
  let read = 0;
  for (;;) {
    const piece = await reader.readBody(decoder);
    if (piece === undefined) return read;
    assert.ok(piece.every((byte, at) => byte === (read + at) % 253));
    read += piece.length;
  }
}

function bigResponse(): Uint8Array {
  const body = Uint8Array.from({ length: BIG }, (_, at) => at % 253);
  return new Uint8Array([...new TextEncoder().encode(HEAD), ...body]);
}

Deno.test("UpstreamConnection reads a big body ahead, and the next response after it waited", async () => {
  using both = await connected();
  const { connection, upstream } = both;
  for (let times = 0; times < 3; times++) {
    const sending = send(upstream, bigResponse());
    assert.equal(await connection.reader.readHead(), HEAD.slice(0, -4));
    assert.equal(await readBody(connection, BIG), BIG);
    await sending;
    assert.equal(connection.isQuiet, true);
    connection.park(() => assert.fail("it is dead"));
    connection.unpark();
    assert.equal(connection.received, 0);
  }
});

Deno.test("UpstreamConnection is not quiet when more has come than the response", async () => {
  using both = await connected();
  const { connection, upstream } = both;
  const sending = send(upstream, bigResponse());
  await connection.reader.readHead();
  await readBody(connection, BIG);
  await sending;
  assert.equal(connection.isQuiet, true);
  await send(upstream, new TextEncoder().encode(HEAD));
  await eventually(() => !connection.isQuiet);
  assert.equal(await connection.reader.readHead(), HEAD.slice(0, -4));
});

Deno.test("UpstreamConnection that waits after a big body finds out that its upstream ended, or spoke", async () => {
  for (const speaks of [false, true]) {
    using both = await connected();
    const { connection, upstream } = both;
    const sending = send(upstream, bigResponse());
    await connection.reader.readHead();
    await readBody(connection, BIG);
    await sending;
    let isDead = false;
    connection.park(() => isDead = true);
    if (speaks) await send(upstream, new Uint8Array(1));
    else await upstream.closeWrite();
    await eventually(() => isDead);
  }
});
