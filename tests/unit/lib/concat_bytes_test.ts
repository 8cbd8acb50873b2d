import assert from "node:assert/strict";
import { concatBytes } from "../../../lib/concat_bytes.ts";

Deno.test("concatBytes has the pieces in order, and copies no single one", () => {
  const one = new Uint8Array([1, 2]);
  assert.equal(concatBytes([one]), one);
  assert.deepEqual(concatBytes([]), new Uint8Array());
  assert.deepEqual(
    concatBytes([one, new Uint8Array(), new Uint8Array([3])]),
    new Uint8Array([1, 2, 3]),
  );
});
