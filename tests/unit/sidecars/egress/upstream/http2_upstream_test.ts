import assert from "node:assert/strict";
import { concatBytes } from "../../../../../lib/concat_bytes.ts";
import { defaultHttp2Limits, type Http2Limits } from "../../../../../lib/egress/http2/limits.ts";
import type { ByteDuplex } from "../../../../../sidecars/egress/body/body.ts";
import { startHttp2Session } from "../../../../../sidecars/egress/upstream/http2_upstream.ts";
import type { UpstreamExchange } from "../../../../../sidecars/egress/upstream/upstream_exchange.ts";
import type { UpstreamSession } from "../../../../../sidecars/egress/upstream/upstream_session.ts";
import {
  ACK,
  codeOf,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  PREFACE,
  type RawFrame,
  readFrames,
  settings,
  Type,
  uint32,
} from "../../../../support/egress/http2/frames.ts";
import { Code } from "../../../../support/egress/http2/rfc9113_cases.ts";
import { eventually } from "../../../../support/egress/wire.ts";

/** An upstream without a network. */
interface Fake extends ByteDuplex {
  /** What it has got so far, without the preface. */
  readonly frames: readonly RawFrame[];
  readonly isDestroyed: boolean;
  say(...bytes: readonly Uint8Array[]): void;
}

function fake(): Fake {
  const queue: Uint8Array[] = [];
  const frames: RawFrame[] = [];
  let reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  let isDestroyed = false;
  let isFirst = true;
  return {
    frames,
    get isDestroyed(): boolean {
      return isDestroyed;
    },
    say(...bytes): void {
      queue.push(...bytes);
      const first = reader === undefined ? undefined : queue.shift();
      if (first !== undefined) reader?.resolve(first);
      if (first !== undefined) reader = undefined;
    },
    read(): Promise<Uint8Array | undefined> {
      const first = queue.shift();
      if (first !== undefined) return Promise.resolve(first);
      if (isDestroyed) return Promise.reject(new Error("closed"));
      reader = Promise.withResolvers();
      return reader.promise;
    },
    write(bytes): Promise<void> {
      frames.push(...readFrames(isFirst ? bytes.subarray(PREFACE.length) : bytes).frames);
      isFirst = false;
      return Promise.resolve();
    },
    end(): void {},
    destroy(): void {
      isDestroyed = true;
      reader?.reject(new Error("closed"));
      reader = undefined;
    },
  };
}

interface Started {
  readonly upstream: Fake;
  readonly session: UpstreamSession;
  readonly ends: () => number;
}

function start(limits: Partial<Http2Limits> = {}): Started {
  const upstream = fake();
  let ends = 0;
  const session = startHttp2Session(upstream, () => ends++, { ...defaultHttp2Limits, ...limits });
  return { upstream, session, ends: () => ends };
}

function open(session: UpstreamSession): UpstreamExchange {
  const exchange = session.open();
  assert.ok(exchange !== undefined);
  return exchange;
}

async function send(exchange: UpstreamExchange): Promise<void> {
  exchange.request.start({
    method: "GET",
    scheme: "https",
    authority: "origin.test",
    path: "/",
    headers: [["Host", "origin.test"], ["X-A", "b"]],
    framing: { kind: "none" },
    takesTrailers: true,
  });
  await exchange.request.end([]);
}

async function body(exchange: UpstreamExchange): Promise<string> {
  const reader = exchange.body();
  let text = "";
  for (let piece = await reader.read(); piece; piece = await reader.read()) {
    text += new TextDecoder().decode(piece);
  }
  return text;
}

const answer = (id: number): Uint8Array => headers(id, [[":status", "200"]], END_HEADERS);
const ofType = ({ frames }: Fake, wanted: number): RawFrame[] =>
  frames.filter(({ type }) => type === wanted);

Deno.test("startHttp2Session carries exchanges on one connection, each with its own answer", async () => {
  const { upstream, session } = start();
  const first = open(session);
  await send(first);
  upstream.say(settings());
  await session.ready;
  const second = open(session);
  assert.deepEqual([first.isReused, second.isReused, session.active], [false, false, 2]);
  await send(second);
  upstream.say(answer(3), data(3, new TextEncoder().encode("second"), END_STREAM));
  upstream.say(answer(1), data(1, new TextEncoder().encode("first"), END_STREAM));
  assert.equal((await second.head()).status, 200);
  assert.equal(second.hasAnswered, true);
  assert.equal(await body(second), "second");
  assert.deepEqual((await first.head()).framing, { kind: "chunked" });
  assert.equal(await body(first), "first");
  for (const exchange of [first, second]) exchange.release(true);
  assert.equal(session.active, 0);
  assert.deepEqual(ofType(upstream, Type.reset), []);
  const third = open(session);
  await send(third);
  assert.deepEqual([third.isReused, third.hasAnswered], [true, false]);
  // It is there, and does not answer yet: it may have begun.
  upstream.say(frame(Type.ping, 0, 0, new Uint8Array(8)));
  await eventually(() => third.hasAnswered);
  session.close();
});

Deno.test("startHttp2Session opens one exchange until the upstream has said how many, and no more than that", async () => {
  const { upstream, session } = start();
  await send(open(session));
  assert.equal(session.open(), undefined);
  upstream.say(settings([3, 3]));
  await session.ready;
  open(session);
  const third = open(session);
  assert.equal(session.open(), undefined);
  third.abort();
  open(session);
  assert.equal(session.open(), undefined);
  session.close();
});

Deno.test("startHttp2Session opens no more exchanges than it may by itself", async () => {
  const { upstream, session } = start({ streams: 2 });
  upstream.say(settings());
  await session.ready;
  await send(open(session));
  const second = open(session);
  assert.equal(session.open(), undefined);
  second.abort();
  assert.ok(session.open() !== undefined);
  session.close();
});

Deno.test("startHttp2Session resets a stream that is given up, and goes on", async () => {
  const { upstream, session } = start();
  const exchange = open(session);
  await send(exchange);
  upstream.say(settings());
  await session.ready;
  const head = exchange.head();
  exchange.abort();
  await assert.rejects(head, { code: "upstream-closed" });
  await eventually(() => ofType(upstream, Type.reset).length === 1);
  assert.deepEqual(ofType(upstream, Type.reset).map(codeOf), [8]);
  assert.equal(session.isOver, false);
  upstream.say(answer(1));
  await send(open(session));
  assert.equal(session.isOver, false);
  session.close();
});

Deno.test("startHttp2Session lets an exchange that never began go without a word", async () => {
  const { upstream, session } = start();
  const exchange = open(session);
  const head = exchange.head();
  exchange.abort();
  await assert.rejects(head, { code: "upstream-closed" });
  await assert.rejects(send(exchange), { code: "upstream-closed" });
  assert.equal(session.active, 0);
  assert.deepEqual(ofType(upstream, Type.headers), []);
  session.close();
});

Deno.test("startHttp2Session says of a refused stream that it may be sent again", async () => {
  const { upstream, session } = start();
  const exchange = open(session);
  await send(exchange);
  upstream.say(settings(), frame(Type.reset, 0, 1, uint32(Code.refused)));
  await assert.rejects(exchange.head(), { code: "upstream-closed" });
  assert.equal(exchange.isRefused, true);
  session.close();
});

Deno.test("startHttp2Session takes nothing new after a GOAWAY, finishes what it has, and closes", async () => {
  const { upstream, session, ends } = start();
  const [first] = [open(session)];
  await send(first);
  upstream.say(settings());
  await session.ready;
  const second = open(session);
  await send(second);
  upstream.say(frame(Type.goAway, 0, 0, [...uint32(1), ...uint32(0)]));
  await assert.rejects(second.head(), { code: "upstream-closed" });
  assert.equal(second.isRefused, true);
  second.release(false);
  assert.deepEqual([session.isOver, session.open(), upstream.isDestroyed], [
    true,
    undefined,
    false,
  ]);
  upstream.say(answer(1), data(1, new TextEncoder().encode("ok"), END_STREAM));
  await first.head();
  assert.equal(await body(first), "ok");
  first.release(true);
  await eventually(() => upstream.isDestroyed);
  assert.equal(ends(), 1);
});

Deno.test("startHttp2Session retires: it closes with a goodbye, once its last exchange is over", async () => {
  const { upstream, session, ends } = start();
  const exchange = open(session);
  await send(exchange);
  upstream.say(settings());
  await session.ready;
  session.retire();
  assert.deepEqual([session.isOver, session.open(), upstream.isDestroyed], [
    true,
    undefined,
    false,
  ]);
  upstream.say(headers(1, [[":status", "204"]]));
  assert.equal((await exchange.head()).status, 204);
  exchange.release(true);
  await eventually(() => upstream.isDestroyed);
  assert.equal(ofType(upstream, Type.goAway).length, 1);
  assert.equal(ends(), 1);
});

Deno.test("startHttp2Session fails what is under way when the upstream breaks off, or speaks nonsense", async () => {
  for (const word of [frame(Type.ping, 0, 1, new Uint8Array(8)), new Uint8Array(50).fill(255)]) {
    const { upstream, session, ends } = start();
    const exchange = open(session);
    await send(exchange);
    upstream.say(settings(), word);
    await assert.rejects(exchange.head(), { code: "upstream-closed" });
    exchange.release(false);
    await eventually(() => upstream.isDestroyed);
    assert.deepEqual([session.isOver, ends()], [true, 1]);
  }
});

Deno.test("startHttp2Session tells a malformed head as the upstream's fault, and the way out as closed", async () => {
  const { upstream, session } = start();
  const exchange = open(session);
  exchange.request.start({
    method: "POST",
    scheme: "https",
    authority: "origin.test",
    path: "/",
    headers: [],
    framing: { kind: "chunked" },
    takesTrailers: false,
  });
  await exchange.request.flush();
  upstream.say(settings(), headers(1, [[":status", "200"], ["upgrade", "x"]], END_HEADERS));
  await assert.rejects(exchange.head(), { code: "upstream-protocol" });
  exchange.request.add(new Uint8Array(10));
  await assert.rejects(exchange.request.flush(), { code: "upstream-closed" });
  session.close();
});

const lengths = [
  ["shorter", [data(1, Uint8Array.of(1), END_STREAM)]],
  ["longer", [data(1, Uint8Array.of(1, 2, 3)), data(1, Uint8Array.of(4), END_STREAM)]],
] as const;

for (const [name, frames] of lengths) {
  Deno.test(`startHttp2Session refuses a body ${name} than its length`, async () => {
    const { upstream, session } = start();
    const exchange = open(session);
    await send(exchange);
    const head = headers(1, [[":status", "200"], ["content-length", "2"]], END_HEADERS);
    upstream.say(settings(), head, ...frames);
    await exchange.head();
    await assert.rejects(body(exchange), { code: "upstream-protocol" });
    session.close();
  });
}

Deno.test("startHttp2Session asks a silent upstream whether it is there, and leaves it if it is not", async () => {
  const { upstream, session, ends } = start({ quietMs: -1, pingMs: 50 });
  const exchange = open(session);
  await send(exchange);
  await eventually(() => ofType(upstream, Type.ping).length === 1);
  upstream.say(concatBytes([settings(), frame(Type.ping, ACK, 0, new Uint8Array(8))]));
  await session.ready;
  await send(open(session));
  await eventually(() => ofType(upstream, Type.ping).length === 2);
  await assert.rejects(exchange.head(), { code: "upstream-closed" });
  assert.deepEqual([upstream.isDestroyed, ends()], [true, 1]);
});
