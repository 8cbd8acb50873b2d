/**
 * The traps that flow_control.ts goes round. The tests of traps fail when a runtime no longer has them: then the module
 * can go, and `pause()` and `resume()` take its place.
 */

import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { createAuthority } from "../../../../../lib/pki/authority.ts";
import { LeafIssuer } from "../../../../../lib/pki/leaf.ts";
import {
  flowControlOf,
  testFlowControl,
} from "../../../../../sidecars/egress/client/flow_control.ts";

const SENT = 64 * 1024 * 1024;
const HELD = 40 * 1024 * 1024;

interface Pair {
  readonly raw: Socket;
  readonly socket: TLSSocket;
  readonly client: TLSSocket;
}

/** A TLS connection whose server side is fed by hand, as the proxy does it. */
async function withTls(work: (pair: Pair) => Promise<void>): Promise<void> {
  const ca = await createAuthority(new Date());
  const issuer = await LeafIssuer.open(ca, { now: () => new Date() });
  const leaf = await issuer.leafFor({ kind: "name", value: "a.test" });
  const tls = createTlsServer({ key: leaf.key_pem, cert: leaf.cert_pem });
  const secured = Promise.withResolvers<TLSSocket>();
  tls.on("secureConnection", (socket) => secured.resolve(socket));
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((raw) => {
    accepted.resolve(raw);
    tls.emit("connection", raw);
  });
  const client = connectTls({
    port: await listen(server),
    host: "127.0.0.1",
    servername: "a.test",
    ca: ca.cert_pem,
  });
  client.on("error", () => {});
  const raw = await accepted.promise;
  const socket = await secured.promise;
  socket.on("error", () => {});
  try {
    await work({ raw, socket, client });
  } finally {
    for (const one of [client, socket, raw]) one.destroy();
    await close(server);
  }
}

/** Sends SENT bytes and tells how many the client's side could get rid of until nothing moves. */
async function sendUntilStalled(client: TLSSocket): Promise<number> {
  const piece = new Uint8Array(1024 * 1024);
  let sent = 0;
  let isBroken = false;
  const closed = Promise.withResolvers<void>();
  client.once("close", () => closed.resolve());
  const sending = (async () => {
    for (; sent < SENT && !isBroken; sent += piece.length) {
      const done = Promise.withResolvers<void>();
      client.write(piece, () => done.resolve());
      await Promise.race([done.promise, closed.promise]);
    }
  })();
  for (let before = -1; before !== sent || sent === 0;) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  isBroken = true;
  client.destroy();
  await sending;
  return sent;
}

Deno.test("testFlowControl finds this runtime's sockets stoppable", async () => {
  await testFlowControl();
});

Deno.test("flowControlOf stops a TLS socket by the socket below it", async () => {
  await withTls(async ({ raw, socket, client }) => {
    socket.on("data", () => {});
    const flow = flowControlOf(raw);
    flow.stop();
    const sent = await sendUntilStalled(client);
    flow.start();
    assert.ok(sent < HELD, `${sent} bytes were taken`);
  });
});

Deno.test("trap: pause() on a TLS socket is no back-pressure", async () => {
  await withTls(async ({ socket, client }) => {
    socket.on("data", () => {});
    socket.pause();
    assert.equal(await sendUntilStalled(client), SENT);
  });
});

Deno.test("flowControlOf refuses a socket that has no handle", async () => {
  const server = createServer();
  const socket = connect(await listen(server), "127.0.0.1");
  const closed = Promise.withResolvers<void>();
  socket.on("close", () => closed.resolve());
  socket.destroy();
  await closed.promise;
  await close(server);
  assert.throws(() => flowControlOf(socket), { code: "flow-control-missing" });
});

function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => resolve(Object(server.address()).port));
  return promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return promise;
}
