import assert from "node:assert/strict";
import { parseSoakOptions } from "../../../soak/options.ts";

Deno.test("parseSoakOptions takes figures and a part, and has a default for each", () => {
  const all = parseSoakOptions([], 7);
  assert.deepEqual(all, {
    minutes: 30,
    rounds: 60,
    requests: 1_000_000,
    connections: 10_000,
    kills: 200,
    seed: 7,
    parts: new Set(["launch", "life", "egress"]),
  });
  const some = parseSoakOptions(["--only", "egress", "--minutes", "0.5", "--seed", "3"], 7);
  assert.deepEqual(some, { ...all, minutes: 0.5, seed: 3, parts: new Set(["egress"]) });
});

for (const args of [["--only", "both"], ["--minutes"], ["--rounds", "-1"], ["--other", "1"]]) {
  Deno.test(`parseSoakOptions refuses ${args.join(" ")}`, () => {
    assert.equal(parseSoakOptions(args, 7), undefined);
  });
}
