import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  huffmanLength,
  readHuffman,
  writeHuffman,
} from "../../../../../lib/egress/http2/huffman.ts";
import { BottleError } from "../../../../../lib/errors.ts";

function code(text: string): Uint8Array {
  const bytes = new Uint8Array(huffmanLength(text));
  assert.equal(writeHuffman(text, bytes, 0), bytes.length);
  return bytes;
}

function decode(bytes: Uint8Array): string {
  const out = new Uint8Array(bytes.length * 2 + 1);
  const length = readHuffman(bytes, 0, bytes.length, out);
  return Buffer.from(out.subarray(0, length)).toString("latin1");
}

Deno.test("writeHuffman writes the codes of RFC 7541", () => {
  const codes = [
    ["www.example.com", "f1e3c2e5f23a6ba0ab90f4ff"],
    ["no-cache", "a8eb10649cbf"],
    [
      "\0",
      "ffc7",
    ],
    ["\xff", "fffffbbf"],
    ["\n", "fffffff3"],
  ] as const;
  for (const [text, coded] of codes) assert.equal(Buffer.from(code(text)).toString("hex"), coded);
});

Deno.test("readHuffman reads every byte that writeHuffman writes, alone and among others", () => {
  for (let byte = 0; byte < 256; byte++) {
    const text = String.fromCharCode(byte);
    assert.equal(decode(code(text)), text);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = Buffer.from(bytes).toString("latin1");
      assert.equal(decode(code(text)), text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("readHuffman takes one code of a text, and no other", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      let text: string;
      try {
        text = decode(bytes);
      } catch (error) {
        assert.ok(error instanceof BottleError);
        return;
      }
      assert.deepEqual(code(text), bytes);
    }),
    { numRuns: 3000 },
  );
});
