import assert from "node:assert/strict";
import { PARTS } from "../../../../bench/egress/measures.ts";
import { parseOptions } from "../../../../bench/egress/options.ts";

Deno.test("parseOptions measures everything unless told", () => {
  const options = parseOptions([]);
  assert.deepEqual(options.only, [...PARTS]);
  assert.equal(options.format, "text");
});

Deno.test("parseOptions takes each argument", () => {
  const args = ["--json", "--seconds", "0.5", "--rounds", "1", "--only", "memory,events"];
  assert.deepEqual(parseOptions([...args, "--node-http"]), {
    format: "json",
    seconds: 0.5,
    rounds: 1,
    only: ["memory", "events"],
    withNodeHttp: true,
  });
});

for (const args of [["--fast"], ["--seconds"], ["--rounds", "0"], ["--only", "speed"]]) {
  Deno.test(`parseOptions refuses ${args.join(" ")}`, () => {
    assert.throws(() => parseOptions(args));
  });
}
