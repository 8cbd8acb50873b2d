import assert from "node:assert/strict";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder, takeRequest } from "../../support/egress/recorder.ts";
import type { Wire } from "../../support/egress/wire.ts";

const SIZE = 256 * 1024 * 1024;
/** Four sockets' kernel buffers, 6 MiB each at most by Linux' default, and what the proxy itself holds. */
const HELD = 40 * 1024 * 1024;
const PIECE = 256 * 1024;

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;

/** Sends SIZE bytes and counts those that are taken. */
function send(wire: Wire): { readonly done: Promise<void>; readonly count: () => number } {
  let sent = 0;
  const piece = new Uint8Array(PIECE);
  const done = (async () => {
    for (; sent < SIZE; sent += PIECE) await wire.write(piece);
  })();
  return { done, count: () => sent };
}

/** Waits until nothing more is taken. */
async function untilStalled(count: () => number): Promise<number> {
  for (;;) {
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 700));
    if (before > 0 && count() === before) return before;
  }
}

/** Reads and counts, and keeps nothing. */
async function drain(wire: Wire, length: number): Promise<void> {
  const buffer = new Uint8Array(PIECE);
  for (let left = length; left > 0;) {
    const count = await wire.conn.read(buffer.subarray(0, Math.min(left, PIECE)));
    assert.ok(count !== null, `ended ${left} bytes early`);
    left -= count;
  }
}

Deno.test("a download that the client does not read stalls the upstream, and then goes on whole", async () => {
  const sending = Promise.withResolvers<ReturnType<typeof send>>();
  await using upstream = startRecorder(leaf, async (wire) => {
    await takeRequest(wire);
    await wire.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`);
    const transfer = send(wire);
    sending.resolve(transfer);
    await transfer.done;
    await wire.rest();
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const { count } = await sending.promise;
  const held = await untilStalled(count);
  assert.ok(held < HELD, `${held} bytes are held`);
  const head = await client.until("\r\n\r\n");
  await drain(client, SIZE - (client.received.length - head.length));
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.bytes_down, SIZE);
});

Deno.test("an upload that the upstream does not read stalls the client, and then goes on whole", async () => {
  const resume = Promise.withResolvers<void>();
  await using upstream = startRecorder(leaf, async (wire) => {
    const head = await wire.until("\r\n\r\n");
    await resume.promise;
    await drain(wire, SIZE - (wire.received.length - head.length));
    await wire.write("HTTP/1.1 204 No Content\r\n\r\n");
    await wire.rest();
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.tunnel(host);
  await client.write(`PUT / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${SIZE}\r\n\r\n`);
  const { count, done } = send(client);
  const held = await untilStalled(count);
  assert.ok(held < HELD, `${held} bytes are held`);
  resume.resolve();
  await done;
  assert.equal((await client.response()).status, 204);
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.bytes_up, SIZE);
});

Deno.test("a stalled transfer does not hold up other requests", async () => {
  await using upstream = startRecorder(leaf, async (wire) => {
    for (;;) {
      const { head } = await takeRequest(wire);
      if (head.startsWith("GET /big")) break;
      await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
    await wire.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`);
    await send(wire).done;
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem,
  });
  const host = `origin.test:${upstream.port}`;
  const stalled = await proxy.tunnel(host);
  await stalled.write(`GET /big HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await stalled.until("\r\n\r\n");
  const client = await proxy.tunnel(host);
  for (let n = 0; n < 3; n++) {
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await client.response()).body, "ok");
  }
});
