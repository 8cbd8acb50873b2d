import assert from "node:assert/strict";
import { SessionPool } from "../../../../../sidecars/egress/upstream/session_pool.ts";
import type { UpstreamExchange } from "../../../../../sidecars/egress/upstream/upstream_exchange.ts";
import type { UpstreamSession } from "../../../../../sidecars/egress/upstream/upstream_session.ts";
import { address } from "../../../../support/egress/proxy.ts";

const limits = { pooledMs: 30_000, reusedMs: 600_000 };
const origin = "https|origin.test|443|direct";

/** A session that takes so many exchanges, which never end. */
class FakeSession implements UpstreamSession {
  readonly ready = Promise.resolve();
  active = 0;
  state: "open" | "retired" | "closed" = "open";
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get isOver(): boolean {
    return this.state !== "open";
  }

  open(): UpstreamExchange | undefined {
    if (this.active >= this.#most) return undefined;
    this.active++;
    return exchange;
  }

  retire(): void {
    this.state = "retired";
  }

  close(): void {
    this.state = "closed";
  }
}

const exchange: UpstreamExchange = {
  protocol: "h2",
  isReused: true,
  isRefused: false,
  hasAnswered: false,
  request: {
    isFull: false,
    start: () => {},
    add: () => {},
    flush: () => Promise.resolve(),
    end: () => Promise.resolve(),
  },
  head: () => Promise.reject(new Error("unused")),
  body: () => ({ isDone: true, trailers: [], read: () => Promise.resolve(undefined) }),
  release: () => {},
  abort: () => {},
  upgrade: undefined,
};

function poolOf(...sessions: readonly FakeSession[]): SessionPool {
  const pool = new SessionPool(limits);
  for (const session of sessions) {
    pool.add({ session, origin, address: address("8.8.8.8"), madeAt: performance.now() });
  }
  return pool;
}

Deno.test("SessionPool fills one session before it takes the next, and has none for another origin", () => {
  const [first, second] = [new FakeSession(2), new FakeSession(1)];
  using pool = poolOf(first, second);
  const opened = Array.from({ length: 4 }, () => pool.open(origin, () => true) !== undefined);
  assert.deepEqual(opened, [true, true, true, false]);
  assert.deepEqual([first.active, second.active], [2, 1]);
  assert.equal(pool.open("https|other.test|443|direct", () => true), undefined);
});

Deno.test("SessionPool uses no session whose address may not be used any more, nor an old one", () => {
  const refused = new FakeSession(9);
  using pool = poolOf(refused);
  assert.equal(pool.open(origin, (used) => used?.text !== "8.8.8.8"), undefined);
  assert.equal(refused.state, "retired");
  assert.equal(pool.size, 0);
  const old = new FakeSession(9);
  const madeAt = performance.now() - limits.reusedMs - 1;
  pool.add({ session: old, origin, address: undefined, madeAt });
  assert.equal(pool.open(origin, () => true), undefined);
  assert.equal(old.state, "retired");
});

Deno.test("SessionPool lets sessions end what is under way when the routes change, and cuts them at the end", () => {
  const [first, second] = [new FakeSession(9), new FakeSession(9)];
  {
    using pool = poolOf(first);
    pool.clear();
    assert.deepEqual([first.state, pool.size], ["retired", 0]);
    pool.add({ session: second, origin, address: undefined, madeAt: performance.now() });
  }
  assert.equal(second.state, "closed");
});

Deno.test("SessionPool retires what two sweeps saw idle for too long, and nothing that is in use", () => {
  const [idle, busy] = [new FakeSession(1), new FakeSession(1)];
  const pool = new SessionPool({ ...limits, pooledMs: -1 });
  for (const session of [idle, busy]) {
    pool.add({ session, origin, address: undefined, madeAt: performance.now() });
  }
  busy.active = 1;
  pool.sweep();
  assert.deepEqual([idle.state, busy.state], ["open", "open"]);
  pool.sweep();
  assert.deepEqual([idle.state, busy.state], ["retired", "open"]);
});
