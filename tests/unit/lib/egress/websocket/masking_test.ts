import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { applyMask, MaskKeys } from "../../../../../lib/egress/websocket/masking.ts";

Deno.test("applyMask is what RFC 6455 says, wherever the bytes lie and the payload was cut", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 70 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.nat(7),
      fc.nat(9),
      (bytes, key, place, offset) => {
        const buffer = new Uint8Array(bytes.length + place);
        buffer.set(bytes, place);
        applyMask(buffer.subarray(place), key, offset);
        const expected = bytes.map((byte, index) => byte ^ (key[(index + offset) % 4] ?? 0));
        assert.deepEqual(buffer.slice(place), expected);
        assert.ok(buffer.subarray(0, place).every((byte) => byte === 0));
      },
    ),
  );
});

Deno.test("MaskKeys gives another key each time, and keeps none", () => {
  const keys = new MaskKeys();
  const seen = new Set(Array.from({ length: 2_000 }, () => keys.next().join()));
  // 2,000 of 2^32: two alike come in one run of two thousand.
  assert.ok(seen.size >= 1_998);
});
