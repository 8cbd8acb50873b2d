import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { HeadBuffer } from "../../../../../lib/egress/http1/head_buffer.ts";
import { MAX_HEAD_BYTES } from "../../../../../lib/egress/http1/limits.ts";
import { bytesOf, collect, cut, textOf } from "./heads.ts";

/** Bytes that are heads, nearly heads, and their enemies. */
const fragment = fc.constantFrom(
  "GET / HTTP/1.1\r\n",
  "Host: a\r\n",
  "X: b\r\n",
  "\r\n",
  "\n",
  "\r",
  "a",
  "\0",
  "\xff",
  "body",
);
const stream = fc.array(fragment, { maxLength: 30 }).map((parts) => bytesOf(parts.join("")));

Deno.test("HeadBuffer finds the same head, rest or fault however the bytes are cut", () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(400)), (bytes, places) => {
      assert.deepEqual(collect(cut(bytes, places)), collect([bytes]));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("HeadBuffer finds the same around its limits however the bytes are cut", () => {
  const length = fc.integer({ min: MAX_HEAD_BYTES - 40, max: MAX_HEAD_BYTES + 40 });
  fc.assert(
    fc.property(
      length,
      fc.array(fc.nat(MAX_HEAD_BYTES + 40), { maxLength: 8 }),
      (filler, places) => {
        const bytes = bytesOf(`GET / HTTP/1.1\r\nX: ${"a".repeat(filler - 21)}\r\n\r\n`);
        assert.deepEqual(collect(cut(bytes, places)), collect([bytes]));
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("HeadBuffer takes a head of exactly 64 KiB and none larger", () => {
  const head = (size: number): Uint8Array => bytesOf(`${"a".repeat(size - 4)}\r\n\r\n`);
  assert.equal(collect([head(MAX_HEAD_BYTES)])[0], "head");
  assert.deepEqual(collect([head(MAX_HEAD_BYTES + 1)]).slice(0, 2), ["error", "http-too-large"]);
  assert.deepEqual(collect([bytesOf("a".repeat(MAX_HEAD_BYTES))]).slice(0, 2), [
    "error",
    "http-too-large",
  ]);
});

Deno.test("HeadBuffer takes one head after the other, and keeps every byte as it is", () => {
  const buffer = new HeadBuffer();
  const first = buffer.push(bytesOf("A: \x80\x9f\xff\r\n\r\nB: 2\r\n\r\nrest"));
  assert.equal(first?.text, "A: \x80\x9f\xff");
  const second = buffer.push(first?.rest ?? new Uint8Array());
  assert.equal(second?.text, "B: 2");
  assert.equal(textOf(second?.rest ?? new Uint8Array()), "rest");
  assert.equal(buffer.isPartial, false);
});

Deno.test("HeadBuffer keeps no view of what it was given", () => {
  const buffer = new HeadBuffer();
  const piece = bytesOf("A: 1\r\n");
  assert.equal(buffer.push(piece), undefined);
  assert.equal(buffer.isPartial, true);
  piece.fill(0);
  assert.equal(buffer.push(bytesOf("\r\n"))?.text, "A: 1");
});

Deno.test("HeadBuffer refuses a bare line feed at once, without waiting for an end", () => {
  assert.deepEqual(collect([bytesOf("GET / HTTP/1.1\nHost: a\n\n")]).slice(0, 2), [
    "error",
    "http-malformed",
  ]);
  assert.equal(collect([bytesOf("\n")])[0], "error");
  assert.equal(collect([bytesOf("\r\nGET / HTTP/1.1\r\n\r\n")])[0], "error");
});
