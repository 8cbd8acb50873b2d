import assert from "node:assert/strict";
import { TextProbe } from "../../../../../lib/egress/scan/redact_text.ts";
import { secretFinder } from "../../../../../lib/egress/scan/secret_finder.ts";

const SECRET = "sk-ABCDEFGHIJKLMNOPQRSTUVWXYZ";

for (const size of [64, 16_383, 16_384, 16_385, 40_000]) {
  for (const wide of [0, 1, 20, 40]) {
    Deno.test(`TextProbe finds what ends a text of ${size} characters, ${wide} of them beyond ASCII`, () => {
      const finder = secretFinder([SECRET]);
      assert.ok(finder);
      const probe = new TextProbe([finder]);
      const before = "\u00e9".repeat(Math.min(wide, size - SECRET.length));
      const filler = "x ".repeat(size).slice(0, size - before.length - SECRET.length);
      assert.equal(probe.isIn(before + filler + SECRET), true);
      assert.equal(probe.isIn(before + filler), false);
    });
  }
}
