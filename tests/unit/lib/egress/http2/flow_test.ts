import assert from "node:assert/strict";
import { ConnectionWindow } from "../../../../../lib/egress/http2/connection_window.ts";
import { HpackEncoder } from "../../../../../lib/egress/http2/hpack_encoder.ts";
import { ReceiveQueue } from "../../../../../lib/egress/http2/receive_queue.ts";
import { responseFields } from "../../../../../lib/egress/http2/response_fields.ts";
import type { Http2Stream } from "../../../../../lib/egress/http2/stream.ts";
import {
  codeOf,
  data,
  END_HEADERS,
  frame,
  headers,
  type RawFrame,
  settings,
  Type,
  uint32,
} from "../../../../support/egress/http2/frames.ts";
import { startServer, type TestServer } from "../../../../support/egress/http2/server.ts";

const post = [[":method", "POST"], [":scheme", "https"], [":path", "/"], [
  ":authority",
  "origin.test",
]] as const;
const get = [[":method", "GET"], ...post.slice(1)] as const;
const head = responseFields(200, [], { kind: "none" });

/** A server that hands its streams out. */
async function holding(
  limits = {},
): Promise<{ readonly server: TestServer; readonly streams: Http2Stream[] }> {
  const streams: Http2Stream[] = [];
  const server = await startServer({
    limits,
    onRequest: (stream) => Promise.resolve(void streams.push(stream)),
  });
  server.take();
  return { server, streams };
}

function only(streams: readonly Http2Stream[], at = 0): Http2Stream {
  const stream = streams[at];
  assert.ok(stream !== undefined);
  return stream;
}

function bytesOf(frames: readonly RawFrame[], id: number): number {
  return frames.filter(({ type, streamId }) => type === Type.data && streamId === id)
    .reduce((sum, { payload }) => sum + payload.length, 0);
}

Deno.test("Http2Connection sends no more than a stream's window, and the rest when it grows", async () => {
  const { server, streams } = await holding();
  await server.send(settings([4, 1_000]), headers(1, get));
  const stream = only(streams);
  stream.writeHead(head, false);
  stream.send.add(new Uint8Array(2_500));
  let isFlushed = false;
  const ended = stream.send.end([]).then(() => isFlushed = true);
  await server.send();
  assert.equal(bytesOf(server.take(), 1), 1_000);
  assert.equal(isFlushed, false);
  await server.send(frame(Type.windowUpdate, 0, 1, uint32(1_000)));
  assert.equal(bytesOf(server.take(), 1), 1_000);
  await server.send(settings([4, 1_500]));
  const last = server.take();
  assert.equal(bytesOf(last, 1), 500);
  await ended;
  assert.equal(last.find(({ type }) => type === Type.data)?.flags, 1);
});

Deno.test("Http2Connection counts a window that is taken back below 0", async () => {
  const { server, streams } = await holding();
  await server.send(settings([4, 1_000]), headers(1, get));
  const stream = only(streams);
  stream.writeHead(head, false);
  stream.send.add(new Uint8Array(1_500));
  void stream.send.flush();
  await server.send();
  server.take();
  await server.send(settings([4, 0]), frame(Type.windowUpdate, 0, 1, uint32(1_000)));
  assert.equal(bytesOf(server.take(), 1), 0);
  await server.send(frame(Type.windowUpdate, 0, 1, uint32(10)));
  assert.equal(bytesOf(server.take(), 1), 10);
});

Deno.test("Http2Connection shares the connection's window among streams, frame by frame", async () => {
  const { server, streams } = await holding();
  await server.send(settings([4, 200_000]), headers(1, get), headers(3, get));
  for (const stream of streams) {
    stream.writeHead(head, false);
    stream.send.add(new Uint8Array(100_000));
    void stream.send.end([]);
  }
  await server.send();
  const frames = server.take();
  assert.equal(bytesOf(frames, 1) + bytesOf(frames, 3), 65_535);
  assert.ok(bytesOf(frames, 3) >= 32_767);
  await server.send(frame(Type.windowUpdate, 0, 0, uint32(200_000)));
  const rest = server.take();
  assert.equal(bytesOf(rest, 1) + bytesOf(rest, 3), 200_000 - 65_535);
  assert.equal(server.connection.streamCount, 0);
});

Deno.test("Http2Connection lets a stream end that waits for no window", async () => {
  const { server, streams } = await holding();
  await server.send(settings([4, 100_000]), headers(1, get), headers(3, get));
  for (const stream of streams) stream.writeHead(head, false);
  only(streams).send.add(new Uint8Array(100_000));
  void only(streams).send.flush();
  await server.send();
  const ended = only(streams, 1).send.end([["grpc-status", "0"]]);
  await server.send();
  await ended;
  const last = server.take().at(-1);
  assert.deepEqual([last?.type, last?.streamId, last?.flags], [Type.headers, 3, 5]);
});

Deno.test("Http2Connection gives a stream's window back only to a reader that takes the bytes", async () => {
  const { server, streams } = await holding();
  await server.send(headers(1, post, END_HEADERS), headers(3, post, END_HEADERS));
  const piece = new Uint8Array(16_384);
  for (let n = 0; n < 3; n++) await server.send(data(1, piece), data(3, piece));
  const updates = (): RawFrame[] =>
    server.take().filter(({ type, streamId }) => type === Type.windowUpdate && streamId > 0);
  assert.deepEqual(updates(), []);
  const reader = only(streams, 1).receive;
  while (reader.heldBytes > 0) await reader.read();
  await server.send();
  assert.deepEqual(updates().map(({ streamId }) => streamId), [3]);
  assert.equal(only(streams).receive.heldBytes, 3 * 16_384);
  await server.send(data(1, piece), data(1, piece));
  const [reset] = server.take().filter(({ type }) => type === Type.reset);
  assert.deepEqual([reset?.streamId, reset && codeOf(reset)], [1, 3]);
  await assert.rejects(only(streams).receive.read(), { code: "client-closed" });
  await server.send(data(3, piece));
  assert.equal(reader.heldBytes, 16_384);
});

Deno.test("Http2Connection gives the connection's window back without waiting for readers", async () => {
  const { server } = await holding({ connectionWindowBytes: 80_000 });
  await server.send(headers(1, post, END_HEADERS), headers(3, post, END_HEADERS));
  const piece = new Uint8Array(16_384);
  await server.send(data(1, piece), data(3, piece));
  const credit = (): number[] =>
    server.take().filter(({ type, streamId }) => type === Type.windowUpdate && streamId === 0)
      .map(codeOf);
  assert.deepEqual(credit(), []);
  await server.send(data(1, piece));
  assert.deepEqual(credit(), [3 * 16_384]);
});

Deno.test("ConnectionWindow ends a connection that sends more than it has", () => {
  const window = new ConnectionWindow({ connectionWindowBytes: 70_000, grownWindowBytes: 100 });
  assert.equal(window.first(), 70_000 - 65_535);
  assert.equal(window.take(30_000), 0);
  assert.throws(() => window.take(40_001), { code: "http2-flow-control-error" });
});

Deno.test("ConnectionWindow lets the windows of streams grow by so much together", () => {
  const window = new ConnectionWindow({ connectionWindowBytes: 70_000, grownWindowBytes: 100 });
  assert.deepEqual([60, 60, 40].map((bytes) => window.growStream(bytes)), [true, false, true]);
  window.shrinkStream(60);
  assert.equal(window.growStream(60), true);
});

Deno.test("Http2Connection opens the window of a stream whose reader keeps up, within bounds", async () => {
  const { server, streams } = await holding({ streamWindowBytes: 200_000 });
  await server.send(headers(1, post, END_HEADERS));
  const { receive } = only(streams);
  let credit = 65_535;
  for (let sent = 0; sent < 2_000_000; sent += 16_384) {
    if (credit < 16_384) break;
    await server.send(data(1, new Uint8Array(16_384)));
    credit -= 16_384;
    await receive.read();
    for (const one of server.take()) {
      if (one.type === Type.windowUpdate && one.streamId === 1) credit += codeOf(one);
    }
  }
  assert.equal(receive.grownBytes, 200_000 - 65_535);
  assert.ok(credit > 90_000 && credit <= 200_000);
});

Deno.test("Http2Connection opens no larger window to a reader that lags behind", async () => {
  const { server, streams } = await holding();
  await server.send(headers(1, post, END_HEADERS));
  const { receive } = only(streams);
  await server.send(data(1, new Uint8Array(16_000)));
  for (let n = 0; n < 20; n++) {
    await server.send(data(1, new Uint8Array(16_000)));
    await receive.read();
  }
  assert.ok(receive.heldBytes > 0);
  assert.equal(receive.grownBytes, 0);
});

Deno.test("Http2Connection counts padding against the windows and gives it back", async () => {
  const { server, streams } = await holding();
  await server.send(headers(1, post, END_HEADERS));
  const padded = frame(Type.data, 8, 1, [255, 1, ...new Uint8Array(255)]);
  for (let n = 0; n < 200; n++) {
    await server.send(padded);
    await only(streams).receive.read();
  }
  const given = server.take().filter(({ type, streamId }) =>
    type === Type.windowUpdate && streamId === 1
  );
  assert.ok(given.length > 0);
  assert.equal(server.connection.isOver, false);
});

Deno.test("ReceiveQueue puts small pieces together and gives all of them back in order", () => {
  const queue = new ReceiveQueue();
  for (let n = 0; n < 50_000; n++) queue.push(Uint8Array.of(n));
  assert.equal(queue.length, 50_000);
  let at = 0;
  let pieces = 0;
  for (let piece = queue.take(); piece; piece = queue.take()) {
    pieces++;
    for (const byte of piece) assert.equal(byte, at++ & 0xff);
  }
  assert.equal(at, 50_000);
  assert.ok(pieces < 10);
});

Deno.test("HpackEncoder says a smaller table first, where the peer has changed its mind twice", () => {
  const encoder = new HpackEncoder();
  encoder.setTableSize(0);
  encoder.setTableSize(4_096);
  assert.deepEqual([...encoder.encode([[":method", "GET"]])], [0x20, 0x3f, 0xe1, 0x1f, 0x82]);
});
