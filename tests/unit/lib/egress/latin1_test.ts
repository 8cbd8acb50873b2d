import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { encodeLatin1 } from "../../../../lib/egress/latin1.ts";

Deno.test("encodeLatin1 is Buffer's latin1, for any text", () => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(fc.property(fc.oneof(fc.string(), text), (value) => {
    assert.deepEqual([...encodeLatin1(value)], [...Buffer.from(value, "latin1")]);
  }));
});
