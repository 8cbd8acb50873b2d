import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { makePattern } from "../../../../../lib/egress/scan/pattern.ts";
import { SampleTable } from "../../../../../lib/egress/scan/sample_table.ts";

const SPELLING = "ab1-2cab9z";
const LETTERS = SPELLING.replace("-", "");
const table = new SampleTable([makePattern(SPELLING, 0)]);

/** How many letters of the spelling stand before the four that a text goes on with; none: these are no part of it. */
function offsetsIn(text: string): readonly number[] {
  const letter = "[\\0\\t-\\r -/:-@\\[-`{-~\\x80-\\xbf\\xc2\\xe1-\\xe3\\xef]{0,16}([0-9A-Za-z])";
  const four = new RegExp(`^${letter.repeat(4)}`).exec(text)?.slice(1).join("").toLowerCase();
  if (four === undefined) return [];
  return Array.from(LETTERS, (_, at) => at).filter((at) => LETTERS.slice(at, at + 4) === four);
}

const text = fc.array(
  fc.oneof(
    fc.constantFrom("ab12cab9", "B12C", "b-1.2", "ab", "1\x80", "\x01", "\0", " ".repeat(16)),
    fc.string({ unit: fc.constantFrom("a", "b", "1", "2", "c", "-", "\xff"), maxLength: 6 }),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

Deno.test("SampleTable misses no place where four letters of a pattern stand, up to the data's end", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), fc.nat(9), (text, step, from) => {
      const data = Buffer.from(text, "latin1");
      const looked = new Set<number>();
      for (let at = table.next(data, from, step); at < data.length;) {
        looked.add(at);
        at = table.next(data, at + step, step);
      }
      for (let at = from; at < data.length; at += step) {
        const offsets = offsetsIn(text.slice(at));
        assert.deepEqual(table.placesAt(data, at).map(({ offset }) => offset), offsets);
        if (offsets.length > 0) assert.ok(looked.has(at), `at ${at}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("SampleTable looks seldom in vain", () => {
  let state = 1;
  const data = Uint8Array.from({ length: 100_000 }, () => {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    return 0x30 + (state >>> 16) % 75;
  });
  let looks = 0;
  for (let at = table.next(data, 0, 1); at < data.length; at = table.next(data, at + 1, 1)) looks++;
  assert.ok(looks < data.length / 16, `${looks} looks`);
});
