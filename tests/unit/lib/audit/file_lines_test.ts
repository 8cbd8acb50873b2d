import assert from "node:assert/strict";
import { readFileLines } from "../../../../lib/audit/file_lines.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";

async function collect(
  chunks: readonly Uint8Array[],
): Promise<(readonly [string | undefined, boolean])[]> {
  const found: (readonly [string | undefined, boolean])[] = [];
  for await (const { text, isEnded, number } of readFileLines(ReadableStream.from(chunks))) {
    assert.equal(number, found.length + 1);
    found.push([text, isEnded]);
  }
  return found;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("readFileLines gives empty lines too, and says which one has no end", async () => {
  assert.deepEqual(await collect([bytes("a\n\nb")]), [["a", true], ["", true], ["b", false]]);
  assert.deepEqual(await collect([]), []);
  assert.deepEqual(await collect([bytes("a\n")]), [["a", true]]);
});

Deno.test("readFileLines gives no text for what is no UTF-8 or longer than a row, and goes on", async () => {
  const long = new Uint8Array(700_000).fill(0x61);
  const chunks = [long, long, bytes("\nb\n"), Uint8Array.of(0xff, 0x0a), bytes("c\n")];
  assert.deepEqual(await collect(chunks), [
    [undefined, true],
    ["b", true],
    [undefined, true],
    ["c", true],
  ]);
});

Deno.test("readFileLines finds the same lines however the bytes are cut", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", ""));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
      const all = bytes(lines.map((text) => `${text}\n`).join(""));
      const chunks = Array.from(
        { length: Math.ceil(all.length / size) },
        (_, at) => all.subarray(at * size, (at + 1) * size),
      );
      assert.deepEqual(await collect(chunks), lines.map((text) => [text, true]));
    }),
  );
});

Deno.test("readFileLines reads no further than its lines are wanted, and closes the stream", async () => {
  let read = 0;
  let isClosed = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      read++;
      controller.enqueue(bytes("a\nb"));
    },
    cancel: () => {
      isClosed = true;
    },
  }, { highWaterMark: 0 });
  const found: (string | undefined)[] = [];
  for await (const { text } of readFileLines(endless)) {
    if (found.push(text) === 3) break;
  }
  assert.deepEqual([found, read, isClosed], [["a", "ba", "ba"], 3, true]);
});
