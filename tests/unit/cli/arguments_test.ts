import assert from "node:assert/strict";
import { collectNetwork, parseTime } from "../../../cli/arguments.ts";
import { elapsed, roughDuration } from "../../../cli/ui/duration.ts";

Deno.test("collectNetwork collects names with and without hosts", () => {
  assert.deepEqual(collectNetwork("b=x.local, y.local", collectNetwork("a")), [
    { name: "a", hosts: [] },
    { name: "b", hosts: ["x.local", "y.local"] },
  ]);
  for (const text of ["", "=x", "a=", "a=x,,y"]) {
    assert.throws(() => collectNetwork(text), { code: "usage" });
  }
});

Deno.test("parseTime takes a number with a unit and nothing else", () => {
  assert.deepEqual(["90s", "10m", "8h", "2d"].map(parseTime), [
    90_000,
    600_000,
    28_800_000,
    172_800_000,
  ]);
  for (const text of ["", "5", "0s", "-1s", "1.5h", "1w", "10 m", "1e3s"]) {
    assert.throws(() => parseTime(text), { code: "usage" }, text);
  }
});

Deno.test("durations are rounded down to a unit that says something", () => {
  assert.deepEqual([0, 999, 1000, 59_999, 60_000, 7_200_000, 200_000_000].map(roughDuration), [
    "0s",
    "0s",
    "1s",
    "59s",
    "1m",
    "2h",
    "2d",
  ]);
  assert.deepEqual([0, 449, 59_990, 72_000].map(elapsed), ["0.0s", "0.4s", "59.9s", "1m12s"]);
});
