import assert from "node:assert/strict";
import { keepAliveMs } from "../../../../../lib/egress/http1/keep_alive.ts";

Deno.test("keepAliveMs reads how long the other side waits", () => {
  const cases: [readonly string[], number | undefined][] = [
    [["timeout=5"], 5_000],
    [["timeout=5, max=100"], 5_000],
    [["max=100,Timeout = 15"], 15_000],
    [["timeout=5", "timeout=3"], 3_000],
    [["timeout=5, max=0"], 0],
    [["timeout=0"], 0],
    [["max=100"], undefined],
    [["timeout=-1"], undefined],
    [["timeout=1e3"], undefined],
    [["timeout=9999999"], undefined],
    [["timeout"], undefined],
    [[], undefined],
  ];
  for (const [values, expected] of cases) {
    assert.equal(keepAliveMs(values.map((value) => ["Keep-Alive", value])), expected, `${values}`);
  }
});
