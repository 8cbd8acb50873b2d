import assert from "node:assert/strict";
import { BottleError } from "../../../../../lib/errors.ts";
import { Http2Connection } from "../../../../../lib/egress/http2/connection.ts";
import { defaultHttp2Limits } from "../../../../../lib/egress/http2/limits.ts";
import { requestFields } from "../../../../../lib/egress/http2/request_fields.ts";
import { responseFields } from "../../../../../lib/egress/http2/response_fields.ts";
import type { Http2Stream } from "../../../../../lib/egress/http2/stream.ts";
import { concatBytes } from "../../../../../lib/concat_bytes.ts";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  codeOf,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  PREFACE,
  readFrames,
  settings,
  Type,
  uint32,
} from "../../../../support/egress/http2/frames.ts";
import { Code } from "../../../../support/egress/http2/rfc9113_cases.ts";
import { startServer } from "../../../../support/egress/http2/server.ts";

const get = [[":method", "GET"], [":scheme", "https"], [":path", "/"], [
  ":authority",
  "origin.test",
]] as const;
const held = [...get, ["x-hold", "1"]] as const;
const cancel = (id: number): Uint8Array => frame(Type.reset, 0, id, uint32(8));
const many = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

const calm = { burst: 20, perSecond: 10 };

/** What a client may do often, and what too often. */
const floods = [
  {
    name: "PING",
    frames: () => [frame(Type.ping, 0, 0, new Uint8Array(8))],
  },
  { name: "SETTINGS", frames: () => [settings()] },
  { name: "PRIORITY", frames: () => [frame(Type.priority, 0, 9, [...uint32(1), 1])] },
  { name: "WINDOW_UPDATE", frames: () => [frame(Type.windowUpdate, 0, 0, uint32(1))] },
  { name: "frames of unknown types", frames: () => [frame(0x50, 0, 0)] },
  { name: "acknowledgements", frames: () => [frame(Type.ping, 1, 0, new Uint8Array(8))] },
  { name: "GOAWAY", frames: () => [frame(Type.goAway, 0, 0, new Uint8Array(8))] },
] as const;

for (const { name, frames } of floods) {
  Deno.test(`Http2Connection takes no flood of ${name}`, async () => {
    let now = 0;
    const server = await startServer({ limits: { idleFrames: calm }, now: () => now });
    await server.send(...many(15, frames).flat());
    assert.equal(server.connection.isOver, false);
    now += 2_000;
    await server.send(...many(15, frames).flat());
    assert.equal(server.connection.isOver, false);
    await server.send(...many(40, frames).flat());
    const goodbye = server.take().at(-1);
    assert.deepEqual([goodbye?.type, goodbye && codeOf(goodbye)], [Type.goAway, Code.calm]);
    assert.ok(server.connection.error instanceof BottleError);
  });
}

Deno.test("Http2Connection takes no flood of empty DATA, and any of DATA that is not", async () => {
  const server = await startServer({ limits: { idleFrames: calm } });
  await server.send(headers(1, get, END_HEADERS));
  for (let n = 0; n < 100; n++) await server.send(data(1, Uint8Array.of(n)));
  assert.equal(server.connection.isOver, false);
  await server.send(...many(100, () => data(1, new Uint8Array())));
  assert.equal(server.connection.isOver, true);
});

Deno.test("Http2Connection takes acknowledgements from a reader of what it sends", async () => {
  const server = await startServer({
    limits: { idleFrames: calm },
    onRequest: async (stream) => {
      stream.writeHead(responseFields(200, [], { kind: "none" }), false);
      for (;;) {
        stream.send.add(new Uint8Array(10_000));
        await stream.send.flush();
      }
    },
  });
  await server.send(headers(1, get));
  for (let n = 0; n < 100; n++) {
    await server.send(
      frame(Type.windowUpdate, 0, 0, uint32(10_000)),
      frame(Type.windowUpdate, 0, 1, uint32(10_000)),
    );
    server.take();
  }
  assert.equal(server.connection.isOver, false);
});

Deno.test("Http2Connection ends rapid resets (CVE-2023-44487), and takes cancellations at a person's pace", async () => {
  let now = 0;
  const server = await startServer({ limits: { resets: calm }, now: () => now });
  let id = 1;
  for (let round = 0; round < 50; round++, now += 1_000) {
    for (let n = 0; n < 10; n++, id += 2) await server.send(headers(id, held), cancel(id));
    if (round === 0) continue;
    if (server.connection.isOver) break;
  }
  assert.equal(server.connection.isOver, false);
  for (let n = 0; n < 40; n++, id += 2) await server.send(headers(id, held), cancel(id));
  const goodbye = server.take().at(-1);
  assert.deepEqual([goodbye?.type, goodbye && codeOf(goodbye)], [Type.goAway, Code.calm]);
});

Deno.test("Http2Connection counts streams that it must reset for the client's fault as well", async () => {
  const server = await startServer({ limits: { resets: calm } });
  for (let n = 0; n < 40; n++) {
    const id = n * 2 + 1;
    await server.send(
      headers(id, held, END_HEADERS),
      frame(Type.windowUpdate, 0, id, uint32(0x7fff_ffff)),
    );
  }
  assert.equal(server.connection.isOver, true);
});

Deno.test("Http2Connection refuses a stream too many, and those there are go on", async () => {
  const server = await startServer({ limits: { streams: 2 } });
  await server.send(headers(1, held), headers(3, held), headers(5, get));
  const [reset] = server.take().filter(({ type }) => type === Type.reset);
  assert.deepEqual([reset?.streamId, reset && codeOf(reset)], [5, Code.refused]);
  await server.send(cancel(1), headers(7, get));
  assert.equal(
    server.take().some(({ type, streamId }) => type === Type.headers && streamId === 7),
    true,
  );
});

Deno.test("Http2Connection ends when the answers to a client's frames are not read", async () => {
  const server = await startServer({ limits: { controlBytes: 1_000 } });
  for (let n = 0; n < 200 && !server.connection.isOver; n++) {
    server.connection.receive(frame(Type.ping, 0, 0, new Uint8Array(8)));
  }
  assert.equal(server.connection.isOver, true);
});

Deno.test("Http2Connection goes on answering frames whose answers are read", async () => {
  const server = await startServer({ limits: { controlBytes: 1_000 } });
  for (let n = 0; n < 200; n++) await server.send(frame(Type.ping, 0, 0, new Uint8Array(8)));
  assert.equal(server.connection.isOver, false);
});

Deno.test("Http2Connection lets pass what was under way to a stream that it has reset", async () => {
  const streams: Http2Stream[] = [];
  const server = await startServer({
    onRequest: (stream) => Promise.resolve(void streams.push(stream)),
  });
  await server.send(headers(1, get, END_HEADERS));
  streams[0]?.reset("no-error");
  await server.send(
    data(1, new Uint8Array(100)),
    frame(Type.windowUpdate, 0, 1, uint32(1)),
    headers(1, [["x", "y"]], END_HEADERS | END_STREAM),
    headers(3, get),
  );
  assert.equal(server.connection.isOver, false);
  assert.equal(streams.length, 2);
});

Deno.test("Http2Connection says goodbye, finishes what it has, and begins nothing", async () => {
  const streams: Http2Stream[] = [];
  const server = await startServer({
    onRequest: (stream) => Promise.resolve(void streams.push(stream)),
  });
  await server.send(headers(1, get));
  server.take();
  server.connection.goAway();
  await server.send(headers(3, get));
  const frames = server.take();
  const goodbye = frames.find(({ type }) => type === Type.goAway);
  assert.deepEqual([...goodbye?.payload ?? []], [...uint32(1), ...uint32(0)]);
  const reset = frames.find(({ type }) => type === Type.reset);
  assert.deepEqual([reset?.streamId, reset && codeOf(reset)], [3, Code.refused]);
  streams[0]?.writeHead(responseFields(200, [], { kind: "none" }), true);
  assert.equal(server.take()[0]?.type, Type.headers);
  assert.equal(server.connection.streamCount, 0);
});

Deno.test("Http2Connection throws nothing at random frames, and goes on or says goodbye", async () => {
  const anyFrame = fc.tuple(
    fc.nat(10),
    fc.nat(63),
    fc.nat(7),
    fc.uint8Array({ maxLength: 30 }),
  ).map(([type, flags, id, payload]) => frame(type, flags, id, payload));
  const good = fc.nat(3).map((n) => headers(n * 2 + 1, get, n % 2 === 0 ? 4 : 5));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(anyFrame, good), { maxLength: 12 }), async (frames) => {
      const server = await startServer();
      for (const one of frames) server.connection.receive(one);
      assert.equal(server.connection.error === undefined, !server.connection.isOver);
      if (!server.connection.isOver) return;
      assert.ok(server.connection.error instanceof BottleError);
      assert.equal(server.take().at(-1)?.type, Type.goAway);
    }),
    { numRuns: 150 },
  );
});

/** Our client's side, greeted by a server. */
function startClient(): { readonly connection: Http2Connection; readonly open: () => Http2Stream } {
  const connection = new Http2Connection({
    role: "client",
    limits: defaultHttp2Limits,
    onOutput: () => {},
  });
  connection.start();
  connection.receive(settings());
  connection.takeOutput();
  const head = requestFields({
    method: "GET",
    scheme: "https",
    authority: "origin.test",
    path: "/",
    headers: [],
    framing: { kind: "none" },
    takesTrailers: false,
  });
  return {
    connection,
    open: () => {
      const stream = connection.open();
      stream.writeHead(head, true);
      return stream;
    },
  };
}

Deno.test("Http2Connection of a client takes interim heads, a head, a body and trailers", async () => {
  const { connection, open } = startClient();
  const stream = open();
  connection.receive(headers(1, [[":status", "103"], ["link", "x"]], END_HEADERS));
  connection.receive(headers(1, [[":status", "200"]], END_HEADERS));
  connection.receive(data(1, Uint8Array.of(1, 2)));
  connection.receive(headers(1, [["grpc-status", "0"]]));
  assert.equal((await stream.heads.take()).status, 103);
  assert.equal((await stream.heads.take()).status, 200);
  assert.deepEqual(await stream.receive.read(), Uint8Array.of(1, 2));
  assert.equal(await stream.receive.read(), undefined);
  assert.deepEqual(stream.receive.trailers, [["grpc-status", "0"]]);
  assert.equal(connection.streamCount, 0);
});

Deno.test("Http2Connection of a client tells which requests a GOAWAY, or a refusal, leaves undone", async () => {
  const { connection, open } = startClient();
  const [first, second, third] = [open(), open(), open()];
  connection.receive(frame(Type.reset, 0, 3, uint32(Code.refused)));
  connection.receive(frame(Type.goAway, 0, 0, [...uint32(3), ...uint32(0)]));
  assert.deepEqual([first, second, third].map(({ wasRefused }) => wasRefused), [false, true, true]);
  await assert.rejects(third.heads.take(), { code: "upstream-closed" });
  assert.equal(connection.freeStreams, 0);
  connection.receive(headers(1, [[":status", "204"]]));
  assert.equal((await first.heads.take()).status, 204);
});

const malformedResponses = [
  ["no status", []],
  ["two statuses", [[":status", "200"], [":status", "200"]]],
  ["a status of four digits", [[":status", "2000"]]],
  ["a 101", [[":status", "101"]]],
  ["a request's pseudo field", [[":status", "200"], [":path", "/"]]],
  ["a field of a connection", [[":status", "200"], ["connection", "close"]]],
  ["an upper-case name", [[":status", "200"], ["X", "y"]]],
  ["an interim response that ends the stream", [[":status", "103"]]],
] as const;

for (const [name, fields] of malformedResponses) {
  Deno.test(`Http2Connection of a client resets a response with ${name}`, async () => {
    const { connection, open } = startClient();
    const stream = open();
    connection.takeOutput();
    connection.receive(headers(1, fields));
    await assert.rejects(stream.heads.take(), { code: "http-malformed" });
    const { frames } = readFrames(connection.takeOutput() ?? new Uint8Array());
    assert.deepEqual(frames.map((one) => [one.type, codeOf(one)]), [[Type.reset, Code.protocol]]);
    assert.equal(connection.isOver, false);
  });
}

const serverFaults = [
  ["pushes", () => frame(Type.push, 4, 1, [...uint32(2), 0x82])],
  ["would take pushes", () => settings([2, 1])],
  ["opens a stream", () => headers(2, [[":status", "200"]])],
  ["answers what nobody has asked", () => headers(9, [[":status", "200"]])],
] as const;

for (const [name, fault] of serverFaults) {
  Deno.test(`Http2Connection of a client leaves a server that ${name}`, async () => {
    const { connection, open } = startClient();
    const stream = open();
    connection.receive(fault());
    assert.equal(connection.isOver, true);
    await assert.rejects(stream.heads.take(), { code: "upstream-closed" });
  });
}

Deno.test("Http2Connection of a client opens no more streams than the server takes", () => {
  const { connection, open } = startClient();
  connection.receive(settings([3, 2]));
  open();
  assert.equal(connection.freeStreams, 1);
  open();
  assert.equal(connection.freeStreams, 0);
  connection.receive(headers(1, [[":status", "204"]]));
  assert.equal(connection.freeStreams, 1);
});

Deno.test("Http2Connection takes no request that came with the goodbye that ended it", () => {
  let requests = 0;
  const connection = new Http2Connection({
    role: "server",
    limits: defaultHttp2Limits,
    onOutput: () => {},
    onRequest: () => void requests++,
    onChange: () => connection.isClosing && connection.end(),
    now: () => 0,
  });
  connection.start();
  const goodbye = frame(Type.goAway, 0, 0, [...uint32(0), ...uint32(0)]);
  connection.receive(concatBytes([PREFACE, settings(), goodbye, headers(1, get)]));
  assert.deepEqual([connection.isOver, requests], [true, 0]);
});
