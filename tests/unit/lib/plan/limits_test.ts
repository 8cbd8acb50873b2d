import { deepEqual } from "node:assert/strict";
import { droppedLimits, type LimitName, type LimitsInForce } from "../../../../lib/plan/limits.ts";

const GIB = 1024 ** 3;
const asked = { cpus: 1.5, memoryBytes: GIB, pids: 100 };
const held: LimitsInForce = { memoryBytes: GIB, memorySwapBytes: GIB, cpus: 1.5, pids: 100 };

Deno.test("droppedLimits names what the engine did not keep", () => {
  const cases: readonly [Partial<LimitsInForce>, readonly LimitName[]][] = [
    [{}, []],
    [{ memoryBytes: 0, memorySwapBytes: -1 }, ["memory"]],
    [{ memorySwapBytes: -1 }, ["swap"]],
    [{ memorySwapBytes: 2 * GIB }, ["swap"]],
    [{ cpus: 0 }, ["cpus"]],
    [{ cpus: 1 }, ["cpus"]],
    [{ pids: null }, ["pids"]],
    [{ pids: 0 }, ["pids"]],
    [{ pids: -1 }, ["pids"]],
    [{ memoryBytes: 0, memorySwapBytes: 0, cpus: 0, pids: null }, ["memory", "cpus", "pids"]],
  ];
  for (const [change, dropped] of cases) {
    deepEqual(droppedLimits(asked, { ...held, ...change }), dropped, JSON.stringify(change));
  }
});
