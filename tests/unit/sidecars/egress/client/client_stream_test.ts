import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { ClientStream } from "../../../../../sidecars/egress/client/client_stream.ts";
import { patiently } from "../../../../support/egress/wire.ts";

async function withPair(
  test: (stream: ClientStream, peer: Socket) => Promise<void>,
): Promise<void> {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.resolve(socket));
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const peer = connect(address.port, "127.0.0.1");
  peer.on("error", () => {});
  const raw = await patiently(accepted.promise);
  const stream = new ClientStream(raw, raw);
  try {
    await test(stream, peer);
  } finally {
    stream.destroy();
    peer.destroy();
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    await closed.promise;
  }
}

Deno.test("ClientStream ends a read that another takes the place of: nobody would ever end it", async () => {
  await withPair(async (stream, peer) => {
    const first = stream.read();
    const second = stream.read();
    await assert.rejects(patiently(first), { code: "client-closed" });
    peer.write("abc");
    assert.equal((await patiently(second))?.length, 3);
  });
});

Deno.test("ClientStream is awaited while a write is not taken, and not after", async () => {
  await withPair(async (stream, peer) => {
    peer.pause();
    assert.equal(stream.isAwaited, false);
    const writing = stream.write(new Uint8Array(20_000_000));
    assert.equal(stream.isAwaited, true);
    peer.resume();
    await patiently(writing);
    assert.equal(stream.isAwaited, false);
  });
});
