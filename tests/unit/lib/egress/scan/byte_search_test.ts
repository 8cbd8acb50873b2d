import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { ByteSearch } from "../../../../../lib/egress/scan/byte_search.ts";

const few = fc.constantFrom("b", "o", "t", "-");
const bytes = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.string({ unit, maxLength: 200 });

Deno.test("ByteSearch finds what a text's indexOf finds, from any place on", () => {
  const cases = fc.tuple(
    fc.oneof(fc.string({ unit: few, minLength: 2, maxLength: 12 }), fc.constant("bot-bottle-")),
    fc.array(fc.oneof(bytes(few), bytes(fc.constantFrom("\0", "\xff", "t")), fc.constant("")), {
      maxLength: 4,
    }),
    fc.nat(40),
  );
  fc.assert(
    fc.property(cases, ([text, between, from]) => {
      const data = between.join(text);
      const found = new ByteSearch(text).indexIn(Buffer.from(data, "latin1"), from);
      assert.equal(found, data.indexOf(text, from));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("ByteSearch tells how much of a text the data ends with", () => {
  const search = new ByteSearch("bot-bottle-");
  const begun = (data: string): readonly number[] => [...search.begunIn(Buffer.from(data))];
  assert.deepEqual(begun(""), []);
  assert.deepEqual(begun("b"), [1]);
  assert.deepEqual(begun("a bot-b"), [1, 5]);
  assert.deepEqual(begun("a bot-bottle"), [10]);
  assert.deepEqual(begun("a bot-bottle-"), []);
});
