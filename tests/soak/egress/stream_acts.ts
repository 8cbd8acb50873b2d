/** Clients whose request and answer go on at once: calls of gRPC, and WebSockets. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectHttp2, whole } from "../../support/egress/http2/peers.ts";
import { WebSocketClient } from "../../support/egress/websocket_peers.ts";
import type { ActKind, ActWorld } from "./act.ts";
import { payload } from "./payload.ts";

/** All of them. */
export const STREAM_ACTS: readonly ActKind[] = [
  { name: "gRPC both ways", end: "answered", clients: 1, act: call },
  { name: "WebSocket", end: "answered", clients: 1, act: (world) => chat(world, false) },
  { name: "WebSocket, deflate", end: "answered", clients: 1, act: (world) => chat(world, true) },
];

const MAX_MESSAGES = 20;
const MAX_BYTES = 128 * 1024;
const NORMAL_CLOSURE = 1000;

/** Messages that are sent piece by piece, with an answer that comes meanwhile and ends in trailers. */
async function call({ subject, random }: ActWorld): Promise<number> {
  const authority = `127.0.0.1:${subject.streams.callPort}`;
  using client = await connectHttp2(subject.door, authority);
  const stream = client.open({
    ":method": "POST",
    ":path": "/ok/call",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const answer = whole(stream);
  const sent: Uint8Array[] = [];
  for (let left = 1 + random.below(MAX_MESSAGES); left > 0; left--) {
    const message = messageOf(random.below(1_000_000), random.below(MAX_BYTES));
    sent.push(message);
    stream.write(message);
    await new Promise((resolve) => setTimeout(resolve, random.below(10)));
  }
  stream.end();
  const { status, body, trailers } = await answer;
  const expected = Buffer.concat(sent);
  assert.deepEqual(
    [status, trailers["grpc-status"], trailers["x-bytes"], body.length],
    [200, "0", String(expected.length), expected.length],
  );
  assert.ok(expected.equals(Buffer.from(body, "latin1")), "the messages came back changed");
  return expected.length;
}

/** Messages that come back one by one, and a close from both sides. */
async function chat({ subject, random }: ActWorld, perMessageDeflate: boolean): Promise<number> {
  const authority = `127.0.0.1:${subject.streams.socketPort}`;
  await using client = await WebSocketClient.open(subject.door, authority, {
    perMessageDeflate,
    path: "/ok/chat",
  });
  let bytes = 0;
  for (let left = 1 + random.below(MAX_MESSAGES); left > 0; left--) {
    const message = messageOf(random.below(1_000_000), random.below(MAX_BYTES));
    client.socket.send(message, { binary: true });
    const answer = await client.message();
    assert.ok(Buffer.from(answer, "latin1").equals(message), "a message came back changed");
    bytes += message.length;
  }
  client.socket.close(NORMAL_CLOSURE, "");
  assert.equal(await client.closed, NORMAL_CLOSURE);
  return bytes;
}

function messageOf(seed: number, length: number): Uint8Array {
  return Buffer.concat([...payload(seed, length)]);
}
