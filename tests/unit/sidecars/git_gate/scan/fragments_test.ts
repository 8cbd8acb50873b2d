import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  FRAGMENT_BYTES,
  OVERLAP_BYTES,
  splitText,
} from "../../../../../sidecars/git_gate/scan/fragments.ts";

function pieces(text: Uint8Array): readonly [line: number, lines: number, text: string][] {
  return [...splitText(text)].map(({ line, lines, bytes }) => [
    line,
    lines,
    new TextDecoder("latin1").decode(bytes),
  ]);
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("splitText leaves a small text whole", () => {
  assert.deepEqual(pieces(encode("a\nb\n")), [[1, 3, "a\nb\n"]]);
  assert.deepEqual(pieces(encode("")), []);
});

Deno.test("splitText leaves out empty lines, and counts them", () => {
  const text = `${"\n".repeat(100)}a\n${"\n".repeat(100_000)}b`;
  assert.deepEqual(pieces(encode(text)), [[101, 1, "a"], [100_102, 1, "b"]]);
  assert.deepEqual(pieces(new Uint8Array(50_000).fill(10)), []);
});

Deno.test("splitText cuts at ends of lines, and a line without an end anywhere", () => {
  const lines = encode("0123456789\n".repeat(5_000));
  for (const [, , text] of pieces(lines).slice(0, -1)) assert.ok(text.endsWith("\n"));
  const one = pieces(new Uint8Array(100_000).fill(97));
  assert.ok(one.length > 8);
  assert.ok(one.every(([line]) => line === 1));
});

Deno.test("splitText has every run of bytes whole in a piece, on its line", () => {
  const line = fc.integer({ min: 0, max: 3_000 }).map((length) => "x".repeat(length));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(line, fc.constantFrom("", "y")), { maxLength: 60 }),
      fc.nat(),
      (lines, at) => {
        const text = [...lines.join("\n")];
        // A mark that is as long as the overlap, at any place of it.
        const start = text.length === 0 ? 0 : at % text.length;
        const mark = Array.from(
          { length: OVERLAP_BYTES - 1 },
          (_, i) => String.fromCharCode(65 + i % 26),
        );
        text.splice(start, 0, ...mark);
        const bytes = encode(text.join(""));
        const found = pieces(bytes).filter(([, , piece]) => piece.includes(mark.join("")));
        assert.ok(found.length >= 1);
        for (const [first, , piece] of found) {
          const before = piece.slice(0, piece.indexOf(mark.join(""))).split("\n").length - 1;
          assert.equal(first + before, text.slice(0, start).join("").split("\n").length);
        }
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("splitText tells lines that a piece has, and pieces of bounded size", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60_000, size: "max" }), (bytes) => {
      for (const [line, lines, text] of pieces(bytes)) {
        assert.ok(line >= 1);
        assert.equal(lines, text.split("\n").length);
        assert.ok(text.length <= FRAGMENT_BYTES);
      }
    }),
    { numRuns: 30 },
  );
});
