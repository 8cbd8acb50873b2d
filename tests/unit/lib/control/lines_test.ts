import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { LineWriter, readLines } from "../../../../lib/control/lines.ts";

async function collect(chunks: readonly string[], maxBytes?: number): Promise<string[]> {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const found: string[] = [];
  const reader = ReadableStream.from(bytes).getReader();
  for await (const line of readLines(reader, maxBytes)) found.push(new TextDecoder().decode(line));
  return found;
}

const table: readonly [string, readonly string[], readonly string[]][] = [
  ["two lines in one chunk", ["a\nb\n"], ["a", "b"]],
  ["a line over three chunks", ["a", "b", "c\n"], ["abc"]],
  ["an empty line", ["\n\n"], ["", ""]],
  ["no line end: no line", ["a\nb"], ["a"]],
  ["nothing", [], []],
  ["a character over two lines' chunks", ["\u00e9\n", "\u00e9\n"], ["\u00e9", "\u00e9"]],
];
for (const [name, chunks, lines] of table) {
  Deno.test(`readLines reads ${name}`, async () => {
    assert.deepEqual(await collect(chunks), lines);
  });
}

Deno.test("readLines finds the same lines however the bytes are cut", async () => {
  const line = fc.string({ unit: "binary-ascii" }).map((text) => text.replaceAll("\n", ""));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
      const text = lines.map((one) => `${one}\n`).join("");
      const chunks = Array.from(
        { length: Math.ceil(text.length / size) },
        (_, index) => text.slice(index * size, (index + 1) * size),
      );
      assert.deepEqual(await collect(chunks), lines);
    }),
    { numRuns: 50 },
  );
});

Deno.test("readLines takes a line of exactly the bound and refuses one more byte", async () => {
  assert.deepEqual(await collect(["abcd\n"], 4), ["abcd"]);
  await assert.rejects(collect(["abc", "de\n"], 4), { code: "line-too-long" });
});

Deno.test("readLines refuses before it holds more than the bound", async () => {
  let given = 0;
  const endless = ReadableStream.from((function* (): Generator<Uint8Array> {
    while (true) {
      given++;
      yield new Uint8Array(10).fill(97);
    }
  })());
  await assert.rejects(readLines(endless.getReader(), 100).next(), { code: "line-too-long" });
  assert.ok(given <= 13, `took ${given} chunks`);
});

Deno.test("LineWriter keeps lines whole and in order, whoever writes", async () => {
  const { readable, writable } = new TransformStream<Uint8Array>();
  const writer = new LineWriter(writable);
  const all = Promise.all(["a", "b", "c"].map((text) => writer.write(text)));
  const text = new Response(readable).text();
  await all;
  await writer.close();
  assert.equal(await text, "a\nb\nc\n");
});

Deno.test("LineWriter gives up on a peer that does not read", async () => {
  const { readable, writable } = new TransformStream<Uint8Array>();
  const writer = new LineWriter(writable, { maxQueuedBytes: 10 });
  const first = writer.write("12345678");
  first.catch(() => {});
  await assert.rejects(writer.write("1"), { code: "peer-too-slow" });
  const aborted = writer.abort(new Error("over"));
  await readable.cancel().catch(() => {});
  await aborted;
  await assert.rejects(first);
});

Deno.test("LineWriter.close and abort of a broken stream do not throw", async () => {
  const writable = new WritableStream<Uint8Array>({
    write: () => {
      throw new Error("broken");
    },
  });
  const writer = new LineWriter(writable);
  await assert.rejects(writer.write("a"), /broken/);
  await writer.close();
  await writer.abort(new Error("again"));
});
