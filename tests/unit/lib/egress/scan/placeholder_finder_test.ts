import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  placeholderFinder,
  UNKNOWN_PLACEHOLDER,
} from "../../../../../lib/egress/scan/placeholder_finder.ts";
import { StreamScan } from "../../../../../lib/egress/scan/stream_scan.ts";

const OTHER = "bot-bottle-web-2-a1b2c-AbCdEfGhIjKlMnOpQrStUv";
const KNOWN = "bot-bottle-own-d3e4f-0123456789abcdefghijkl";
const FORMAT = "bot-bottle-[a-z][a-z0-9-]{0,62}-[a-z0-9]{5}-[A-Za-z0-9]{22}";
/** What may still become one, as a whole: its letters begin a name of at most 63, and so on. */
const LONGEST = 103;

const finder = placeholderFinder(new Set([KNOWN]));

interface Found {
  /** Begin and end of each. */
  readonly ranges: readonly number[];
  readonly start: number;
  readonly held: number;
}

function find(text: string): Found {
  const ranges: number[] = [];
  const { start, held } = finder.search(Buffer.from(text, "latin1"), (found) => {
    assert.equal(found.source, UNKNOWN_PLACEHOLDER);
    ranges.push(...found.ranges);
  });
  return { ranges, start, held };
}

/** The same, looked for at every place of a text. */
function findSlowly(text: string): Found {
  const ranges: number[] = [];
  const [begun, held] = [[text.length], [text.length]];
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at);
    const whole = new RegExp(`^${FORMAT}`).exec(rest)?.[0];
    if (whole !== undefined) {
      if (whole !== KNOWN) ranges.push(at, at + whole.length);
    } else if ("bot-bottle-".startsWith(rest)) {
      begun.push(at);
      if (rest.replaceAll("-", "").length >= 4) held.push(at);
    } else if (/^bot-bottle-[A-Za-z0-9-]*$/.test(rest) && rest.length < LONGEST) {
      begun.push(at);
      held.push(at);
    }
  }
  return { ranges, start: Math.min(...begun), held: Math.min(...held) };
}

const part = fc.oneof(
  fc.constantFrom(OTHER, KNOWN, OTHER.slice(0, -1), OTHER.slice(1), "bot-bottle-", "bot-", "-"),
  fc.integer({ min: 1, max: OTHER.length }).map((length) => OTHER.slice(0, length)),
  fc.string({ unit: fc.constantFrom("b", "o", "t", "-", "\xff"), maxLength: 12 }),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const text = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(""));

Deno.test("placeholderFinder finds what a search at every place finds, and what has begun", () => {
  fc.assert(
    fc.property(text, (text) => assert.deepEqual(find(text), findSlowly(text))),
    { numRuns: 1_000 },
  );
});

Deno.test("placeholderFinder says of a stream that goes on what its search says", () => {
  fc.assert(
    fc.property(text, fc.nat(100), (text, limit) => {
      const { ranges, start } = findSlowly(text);
      const isWhole = ranges.some((place, index) => index % 2 === 0 && place < limit);
      const goesOn = finder.continues(Buffer.from(text, "latin1"), limit);
      assert.equal(goesOn, isWhole || start < limit);
    }),
    { numRuns: 300 },
  );
});

Deno.test("placeholderFinder finds one that is cut anywhere, but for its first three letters", () => {
  const text = Buffer.from(`.${OTHER}.`);
  for (let cut = 1; cut < text.length; cut++) {
    const filter = new StreamScan([finder]);
    let out = "";
    const emit = (bytes: Uint8Array): void => void (out += Buffer.from(bytes).toString("latin1"));
    filter.push(new Uint8Array(text.subarray(0, cut)), emit);
    filter.push(new Uint8Array(text.subarray(cut)), emit);
    filter.end(emit);
    const passed = cut <= ".bot-".length ? text.toString().slice(0, cut) : ".";
    assert.equal(out, `${passed}${"*".repeat(text.length - 1 - passed.length)}.`, `cut at ${cut}`);
  }
});
