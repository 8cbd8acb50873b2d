import assert from "node:assert/strict";
import { soakLife } from "../../soak/life/soak.ts";
import { seededRandom } from "../../soak/random.ts";

Deno.test("after 30 kills at random instants cleanup leaves nothing, and nothing is lost", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const { violations } = await soakLife({
    rounds: 30,
    random: seededRandom(seed),
    say: () => {},
    signal: new AbortController().signal,
  });
  assert.deepEqual(violations, [], `seed ${seed}`);
});
