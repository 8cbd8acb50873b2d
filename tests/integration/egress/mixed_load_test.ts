import assert from "node:assert/strict";
import { soakEgress } from "../../soak/egress/soak.ts";
import { seededRandom } from "../../soak/random.ts";

Deno.test("egress answers a mixed load in full, records each request once and leaves nothing open", async () => {
  const { violations } = await soakEgress({
    ms: 10_000,
    requests: 1_000,
    random: seededRandom(20_261_123),
    isMemoryJudged: false,
    say: () => {},
    signal: new AbortController().signal,
  });
  assert.deepEqual(violations, []);
});
