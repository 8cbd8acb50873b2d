import { deepEqual, equal } from "node:assert/strict";
import { parseInForce, readInForce } from "../../../../backends/docker/in_force.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { fakeRun } from "../../../support/context.ts";

Deno.test("readInForce asks once, for the container that it is told", async () => {
  const answer = '[1073741824,1073741824,1500000000,100,"runsc"]';
  const run = fakeRun(() => ({ stdout: new TextEncoder().encode(answer) }));
  deepEqual(await readInForce(createEngine({ run }), "x"), {
    runtime: "runsc",
    limits: { memoryBytes: 1 << 30, memorySwapBytes: 1 << 30, cpus: 1.5, pids: 100 },
  });
  equal(run.calls.length, 1);
  equal(run.calls[0]?.at(-1), "x");
});

Deno.test("parseInForce takes what the engine doesn't say for no limit", () => {
  const none = { memoryBytes: 0, memorySwapBytes: 0, cpus: 0, pids: null };
  for (const answer of [null, {}, [], ["1", "2", "3", "4", 5], [null, null, null, null, null]]) {
    deepEqual(parseInForce(answer), { runtime: "", limits: none }, JSON.stringify(answer));
  }
});
