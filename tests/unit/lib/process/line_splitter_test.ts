import { deepEqual } from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { LineSplitter } from "../../../../lib/process/line_splitter.ts";

function split(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

Deno.test("LineSplitter gives the same lines however the bytes are cut", () => {
  const text = fc.array(fc.constantFrom("a", "é", "𝄞", "\n", "\r\n", " "), { maxLength: 40 });
  const cuts = fc.array(fc.nat(80), { maxLength: 8 });
  fc.assert(fc.property(text, cuts, (parts, cuts) => {
    const whole = new TextEncoder().encode(parts.join(""));
    const at = [
      0,
      ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b),
      whole.length,
    ];
    const chunks = at.slice(1).map((end, i) => whole.slice(at[i], end));
    deepEqual(split(chunks), split([whole]));
  }));
});

Deno.test("LineSplitter keeps empty lines, and a last one without its end", () => {
  deepEqual(split([new TextEncoder().encode("\na\r\n\r\nb")]), ["", "a", "", "b"]);
  deepEqual(split([]), []);
});

Deno.test("LineSplitter hands an endless line over in pieces", () => {
  const lines = split([new TextEncoder().encode("x".repeat(150_000))]);
  deepEqual(lines.map(({ length }) => length), [65_536, 65_536, 18_928]);
});
