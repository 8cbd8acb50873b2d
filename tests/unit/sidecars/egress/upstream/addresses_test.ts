import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { hostName } from "../../../../../lib/egress/host/host.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import { AddressBook } from "../../../../../sidecars/egress/upstream/addresses.ts";
import type { Resolution } from "../../../../../sidecars/egress/upstream/resolver.ts";
import { address } from "../../../../support/egress/proxy.ts";

const never = new AbortController().signal;
const host = (text: string) => ({ kind: "name", name: hostName(text) }) as const;
const api = host("api.example.com");

/** A book whose clock stands still unless moved, and whose answers are given. */
class TestBook {
  asked = 0;
  now = 1_000_000;
  readonly book: AddressBook;

  constructor(answer: () => Resolution | Promise<Resolution>) {
    this.book = new AddressBook(() => {
      this.asked++;
      return Promise.try(answer);
    }, () => this.now);
  }
}

const book = (answer: () => Resolution | Promise<Resolution>): TestBook => new TestBook(answer);
const one = (ttlMs: number): Resolution => ({ addresses: [address("8.8.8.8")], ttlMs });

Deno.test("AddressBook keeps an answer for as long as it holds, and no longer", async () => {
  const cases: [ttlMs: number, kept: number][] = [
    [30_000, 30_000],
    [0, 1_000],
    [1, 1_000],
    [59_999, 59_999],
    [86_400_000, 60_000],
    [Infinity, 60_000],
  ];
  for (const [ttlMs, kept] of cases) {
    const state = book(() => one(ttlMs));
    await state.book.lookUp(api, never);
    state.now += kept - 1;
    await state.book.lookUp(api, never);
    assert.equal(state.asked, 1, `${ttlMs}: kept`);
    state.now += 1;
    await state.book.lookUp(api, never);
    assert.equal(state.asked, 2, `${ttlMs}: forgotten`);
  }
});

Deno.test("AddressBook never gives an answer that is older than it may be", async () => {
  const step = fc.record({ waitMs: fc.nat(70_000), ttlMs: fc.nat(120_000) });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    let at = 0;
    let ttl = 0;
    let number = 0;
    const state = book(() => {
      at = state.now;
      return { addresses: [address(`8.8.0.${number = (number + 1) % 250}`)], ttlMs: ttl };
    });
    let bound = 0;
    for (const { waitMs, ttlMs } of steps) {
      ttl = ttlMs;
      state.now += waitMs;
      const before = state.asked;
      const [found] = await state.book.lookUp(api, never);
      if (state.asked > before) bound = Math.min(Math.max(ttlMs, 1_000), 60_000);
      assert.ok(state.now - at < bound || state.now === at);
      assert.equal(found?.text, `8.8.0.${number}`);
    }
  }));
});

Deno.test("AddressBook remembers for a moment only that there is no address", async () => {
  const state = book(() => ({ addresses: [], ttlMs: Infinity }));
  assert.deepEqual(await state.book.lookUp(api, never), []);
  state.now += 1_999;
  await state.book.lookUp(api, never);
  assert.equal(state.asked, 1);
  state.now += 1;
  await state.book.lookUp(api, never);
  assert.equal(state.asked, 2);
});

Deno.test("AddressBook does not remember a failure", async () => {
  const failed = new BottleError("x", { code: "unresolvable" });
  const answers = [() => Promise.reject(failed), () => one(1_000)];
  const state = book(() => (answers.shift() ?? (() => one(1)))());
  await assert.rejects(state.book.lookUp(api, never), failed);
  assert.equal((await state.book.lookUp(api, never)).length, 1);
});

Deno.test("AddressBook asks once for all who ask at once, each with a signal of its own", async () => {
  const answer = Promise.withResolvers<Resolution>();
  const state = book(() => answer.promise);
  const impatient = new AbortController();
  const reason = new Error("gone");
  const first = state.book.lookUp(api, impatient.signal);
  const others = [1, 2, 3].map(() => state.book.lookUp(api, never));
  impatient.abort(reason);
  await assert.rejects(first, reason);
  answer.resolve(one(1_000));
  for (const found of await Promise.all(others)) assert.equal(found[0]?.text, "8.8.8.8");
  assert.equal(state.asked, 1);
});

Deno.test("AddressBook stops a question that nobody waits for, and asks anew for the next", async () => {
  const signals: AbortSignal[] = [];
  const answers = [Promise.withResolvers<Resolution>().promise, Promise.resolve(one(1_000))];
  const addresses = new AddressBook((_name, signal) => {
    signals.push(signal);
    return answers.shift() ?? Promise.resolve(one(1));
  });
  const leaving = new AbortController();
  const lost = addresses.lookUp(api, leaving.signal);
  leaving.abort(new Error("gone"));
  await assert.rejects(lost, /gone/);
  assert.equal(signals[0]?.aborted, true);
  assert.equal((await addresses.lookUp(api, never)).length, 1);
  await assert.rejects(addresses.lookUp(host("b.example"), AbortSignal.abort(new Error("before"))));
});

Deno.test("AddressBook never asks for an address", async () => {
  const state = book(() => one(1));
  const literal = { kind: "ip", address: address("192.0.2.1") } as const;
  assert.deepEqual(await state.book.lookUp(literal, never), [literal.address]);
  assert.equal(state.asked, 0);
});

Deno.test("AddressBook is bounded, and forgets the oldest first", async () => {
  const state = book(() => one(60_000));
  for (let number = 0; number <= 1_000; number++) {
    await state.book.lookUp(host(`a${number}.example`), never);
  }
  await state.book.lookUp(host("a1.example"), never);
  await state.book.lookUp(host("a1000.example"), never);
  assert.equal(state.asked, 1_001);
  await state.book.lookUp(host("a0.example"), never);
  assert.equal(state.asked, 1_002);
});
