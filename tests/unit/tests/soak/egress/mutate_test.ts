import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mutatedRequest } from "../../../../soak/egress/mutate.ts";
import { seededRandom } from "../../../../soak/random.ts";

function texts(seed: number): readonly string[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: 50 },
    () => Buffer.concat([...mutatedRequest(random, "127.0.0.1:1", true)]).toString("latin1"),
  );
}

Deno.test("mutatedRequest makes the same requests of the same seed, and others of another", () => {
  assert.deepEqual(texts(1), texts(1));
  assert.notDeepEqual(texts(1), texts(2));
  assert.ok(new Set(texts(1)).size > 45);
});
