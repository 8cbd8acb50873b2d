import assert from "node:assert/strict";
import { seededRandom } from "../random.ts";
import { soakEgress } from "./soak.ts";

const MINUTES = 3;
const REQUESTS = 20_000;
/** Other suites run beside this one. */
const PAUSE_MS = 150;

Deno.test(`egress takes ${MINUTES} minutes of mixed load and ${REQUESTS} mutations: flat memory, a row for each request, nothing left open`, async () => {
  const { violations } = await soakEgress({
    ms: MINUTES * 60_000,
    pauseMs: PAUSE_MS,
    requests: REQUESTS,
    // The red team holds 2,000.
    connections: 0,
    random: seededRandom(20_261_123),
    isMemoryJudged: true,
    say: () => {},
    signal: new AbortController().signal,
  });
  assert.deepEqual(violations, []);
});
