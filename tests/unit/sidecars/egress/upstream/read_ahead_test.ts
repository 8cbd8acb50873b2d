import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { ReadAhead } from "../../../../../sidecars/egress/upstream/read_ahead.ts";

const MOST_HELD = 64 * 1024;

/** Counts up, byte by byte; gives so much a read, the first ones at once or after some turns, then ends. */
class Source {
  /** How much it has given. */
  given = 0;
  readonly #amounts: number[];
  readonly #turns: number;

  constructor(amounts: readonly number[], turns: number) {
    this.#amounts = [...amounts];
    this.#turns = turns;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (let turn = 0; turn < this.#turns; turn++) await Promise.resolve();
    const amount = this.#amounts[0];
    if (amount === undefined) return null;
    const count = Math.min(amount, buffer.length);
    if (count === amount) this.#amounts.shift();
    else this.#amounts[0] = amount - count;
    for (let at = 0; at < count; at++) buffer[at] = (this.given + at) % 251;
    this.given += count;
    return count;
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

Deno.test("ReadAhead gives all bytes in order, changes none that is lent, and holds no more than it may", async () => {
  const amount = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(16_384, 65_536));
  await fc.assert(
    fc.asyncProperty(
      fc.array(amount, { maxLength: 30 }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1 }),
      async (amounts, wait, pauses) => {
        const source = new Source(amounts, wait);
        const ahead = new ReadAhead(source);
        let taken = 0;
        for (let index = 0;; index++) {
          const piece = await ahead.read();
          if (piece === undefined) break;
          assert.notEqual(piece.length, 0);
          await turns(pauses[index % pauses.length] ?? 0);
          assert.ok(piece.every((byte, at) => byte === (taken + at) % 251), `at ${taken}`);
          taken += piece.length;
          assert.ok(source.given - taken <= MOST_HELD, `${source.given - taken} bytes ahead`);
        }
        assert.equal(taken, amounts.reduce((sum, amount) => sum + amount, 0));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("ReadAhead gives what came in meanwhile as one piece", async () => {
  const ahead = new ReadAhead(new Source([16_384, 16_384, 16_384, 16_384, 100], 0));
  await turns(20);
  assert.equal((await ahead.read())?.length, 65_536);
  assert.equal((await ahead.read())?.length, 100);
  assert.equal(await ahead.read(), undefined);
});

Deno.test("ReadAhead tells a failure after what came before it", async () => {
  const parts = [5, 7];
  const ahead = new ReadAhead({
    read: (buffer) => {
      const count = parts.shift();
      buffer.fill(1, 0, count);
      return count === undefined ? Promise.reject(new Error("broken")) : Promise.resolve(count);
    },
  });
  await turns(20);
  assert.equal(ahead.hasMore, true);
  assert.equal((await ahead.read())?.length, 12);
  await assert.rejects(ahead.read(), { message: "broken" });
  await assert.rejects(ahead.read(), { message: "broken" });
});

Deno.test("ReadAhead leaves the read that is under way, and begins no other", async () => {
  const reads: PromiseWithResolvers<number | null>[] = [];
  const ahead = new ReadAhead({
    read: () => {
      const read = Promise.withResolvers<number | null>();
      reads.push(read);
      return read.promise;
    },
  });
  reads[0]?.resolve(3);
  assert.equal((await ahead.read())?.length, 3);
  assert.equal(ahead.hasMore, false);
  const left = ahead.leave();
  assert.equal(left?.buffer.length, 64 * 1024 - 3);
  reads[1]?.resolve(4);
  assert.equal(await left?.count, 4);
  assert.equal(reads.length, 2);
});
