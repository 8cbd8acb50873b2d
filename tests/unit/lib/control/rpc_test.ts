import assert from "node:assert/strict";
import { RpcError, type RpcHandler, RpcPeer } from "../../../../lib/control/rpc.ts";
import { shapeError } from "../../../../lib/control/shape.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { streamPair } from "../../../support/streams.ts";

interface Pair extends AsyncDisposable {
  readonly client: RpcPeer;
  readonly server: RpcPeer;
}

function peers(
  handlers: Record<string, RpcHandler>,
  options: { readonly maxInFlight?: number; readonly maxLineBytes?: number } = {},
): Pair {
  const [near, far] = streamPair();
  const client = new RpcPeer(near);
  const server = new RpcPeer({ ...far, handlers, ...options });
  return {
    client,
    server,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([client.close(), server.close()]);
    },
  };
}

/** A peer whose other side is written and read by hand. */
function byHand(options: { readonly maxLineBytes?: number; readonly maxInFlight?: number } = {}): {
  readonly peer: RpcPeer;
  readonly write: (line: string) => Promise<void>;
  readonly read: () => Promise<unknown>;
  readonly end: () => Promise<void>;
} {
  const [near, far] = streamPair();
  const peer = new RpcPeer({
    ...near,
    ...options,
    handlers: { echo: (params) => Promise.resolve(params) },
  });
  const writer = far.writable.getWriter();
  const reader = far.readable.getReader();
  return {
    peer,
    write: (line) => writer.write(new TextEncoder().encode(`${line}\n`)),
    read: async () => {
      const { value } = await reader.read();
      return value === undefined ? undefined : JSON.parse(new TextDecoder().decode(value));
    },
    end: async () => {
      await Promise.all([
        peer.close(),
        writer.close().catch(() => {}),
        reader.cancel().catch(() => {}),
      ]);
    },
  };
}

Deno.test("RpcPeer answers many calls at once, in any order", async () => {
  const waiting = new Map<string, (value: unknown) => void>();
  await using pair = peers({
    wait: (params) => new Promise((resolve) => waiting.set(JSON.stringify(params), resolve)),
  });
  const calls = [1, 2, 3].map((n) => pair.client.call("wait", { n }));
  while (waiting.size < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  for (const n of [3, 1, 2]) waiting.get(JSON.stringify({ n }))?.(n * 10);
  assert.deepEqual(await Promise.all(calls), [10, 20, 30]);
});

Deno.test("RpcPeer calls in both directions over one pair of streams", async () => {
  const [near, far] = streamPair();
  const client: RpcPeer = new RpcPeer({
    ...near,
    handlers: { name: () => Promise.resolve("client") },
  });
  const server: RpcPeer = new RpcPeer({
    ...far,
    handlers: { greet: async () => `hello ${await server.call("name", null)}` },
  });
  assert.equal(await client.call("greet", null), "hello client");
  await Promise.all([client.close(), server.close()]);
});

Deno.test("RpcPeer.call rejects with the other side's error", async () => {
  await using pair = peers({
    refuse: () => Promise.reject(new RpcError(-32000, "not yet")),
    bug: () => Promise.reject(new TypeError("token sk-secret is odd")),
    word: () => Promise.reject(new BottleError("A clear word", { code: "x" })),
    shape: () => Promise.reject(shapeError("port", "a number")),
  });
  await assert.rejects(pair.client.call("refuse", null), { code: -32000, message: "not yet" });
  await assert.rejects(pair.client.call("bug", null), {
    code: -32603,
    message: "Internal error (TypeError)",
  });
  await assert.rejects(pair.client.call("word", null), { code: -32603, message: "A clear word" });
  await assert.rejects(pair.client.call("shape", null), { code: -32602 });
});

Deno.test("RpcPeer refuses methods that nobody serves, inherited names too", async () => {
  await using pair = peers({});
  for (const method of ["nothing", "constructor", "toString", "__proto__"]) {
    await assert.rejects(pair.client.call(method, null), { code: -32601 });
  }
});

Deno.test("RpcPeer.call gives up with the signal's reason, and drops the late answer", async () => {
  const late = Promise.withResolvers<unknown>();
  await using pair = peers({ late: () => late.promise, now: () => Promise.resolve("now") });
  const abort = new AbortController();
  const call = pair.client.call("late", null, { signal: abort.signal });
  abort.abort(new Error("enough"));
  await assert.rejects(call, /enough/);
  late.resolve("late");
  assert.equal(await pair.client.call("now", null), "now");
  await assert.rejects(pair.client.call("now", null, { signal: abort.signal }), /enough/);
});

Deno.test("RpcPeer.call gives up after its time", async () => {
  const never = Promise.withResolvers<unknown>();
  await using pair = peers({ never: () => never.promise });
  await assert.rejects(pair.client.call("never", null, { timeoutMs: 5 }), { code: "timeout" });
  never.resolve(null);
});

Deno.test("RpcPeer rejects every pending call when the stream ends, and every later one", async () => {
  const never = Promise.withResolvers<unknown>();
  const pair = peers({ never: () => never.promise });
  const calls = [1, 2].map(() => pair.client.call("never", null));
  const closing = pair.server.close();
  await Promise.all(calls.map((call) => assert.rejects(call, { code: "stream-closed" })));
  never.resolve(null);
  await closing;
  await pair.client.closed;
  assert.equal(pair.client.isClosed, true);
  await assert.rejects(pair.client.call("never", null), { code: "stream-closed" });
  await pair.client.notify("late", null);
  await pair.client.close();
});

Deno.test("RpcPeer.close lets what is being served be answered", async () => {
  const work = Promise.withResolvers<string>();
  const pair = peers({ slow: () => work.promise });
  const call = pair.client.call("slow", null);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const closing = pair.server.close();
  work.resolve("done");
  assert.equal(await call, "done");
  await closing;
  await pair.client.close();
});

Deno.test("RpcPeer answers a malformed line and goes on", async () => {
  const { write, read, end } = byHand();
  await write("not json");
  assert.deepEqual(await read(), {
    jsonrpc: "2.0",
    id: null,
    error: { code: -32700, message: "Not JSON" },
  });
  await write(`{"jsonrpc":"2.0","id":5,"method":"echo","params":{"a":1}}`);
  assert.deepEqual(await read(), { jsonrpc: "2.0", id: 5, result: { a: 1 } });
  await end();
});

Deno.test("RpcPeer never answers an answer: two peers can't fall into a loop", async () => {
  const { write, read, end } = byHand();
  await write(`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Not JSON"}}`);
  await write(`{"jsonrpc":"2.0","id":99,"result":1}`);
  await write(`{"jsonrpc":"2.0","id":1,"method":"echo"}`);
  assert.deepEqual(await read(), { jsonrpc: "2.0", id: 1, result: null });
  await end();
});

Deno.test("RpcPeer closes on a line over the bound", async () => {
  const { peer, write, read, end } = byHand({ maxLineBytes: 64 });
  const writing = write("x".repeat(65)).catch(() => {});
  const answer = JSON.stringify(await read());
  assert.match(answer, /-32600/);
  await peer.closed;
  await writing;
  await end();
});

Deno.test("RpcPeer refuses more than it may work on at once", async () => {
  const never = Promise.withResolvers<unknown>();
  await using pair = peers({ never: () => never.promise }, { maxInFlight: 2 });
  const held = [pair.client.call("never", null), pair.client.call("never", null)];
  await assert.rejects(pair.client.call("never", null), { message: "Too many at once" });
  never.resolve("go");
  assert.deepEqual(await Promise.all(held), ["go", "go"]);
});

Deno.test("RpcPeer hands notifications over and answers none", async () => {
  const [near, far] = streamPair();
  const told: unknown[] = [];
  const server = new RpcPeer({
    ...far,
    onNotify: (method, params) => void told.push([method, params]),
    handlers: { sync: () => Promise.resolve(null) },
  });
  const client = new RpcPeer(near);
  await client.notify("row", { seq: 1 });
  await client.call("sync", null);
  assert.deepEqual(told, [["row", { seq: 1 }]]);
  await Promise.all([client.close(), server.close()]);
});

Deno.test("RpcPeer breaks off when the other side does not read", async () => {
  const [near] = streamPair();
  const peer = new RpcPeer(near);
  const text = "x".repeat(5 * 1024 * 1024);
  const calls = Array.from({ length: 4 }, () => peer.call("big", { text }));
  for (const call of calls) await assert.rejects(call, { code: "stream-closed" });
  await peer.close();
});
