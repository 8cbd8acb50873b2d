import assert from "node:assert/strict";
import { credentialValue } from "../../../../lib/credential/value.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { envSource } from "../../../support/plan.ts";

const placed = { source: envSource("TOKEN"), place: { file: "/dev.md", line: 3 } };
const value = (text: string): string =>
  credentialValue(placed, new TextEncoder().encode(text)).reveal();

for (
  const [text, expected] of [["abc", "abc"], ["abc\n", "abc"], ["abc\r\n", "abc"], [
    "a b",
    "a b",
  ]] as const
) {
  Deno.test(`credentialValue takes ${JSON.stringify(text)} without its line end`, () => {
    assert.equal(value(text), expected);
  });
}

for (
  const text of [
    "",
    "\n",
    "a\n\n",
    "a\nb",
    " a",
    "a ",
    "a\tb",
    "a\0",
    "a\x1b[2J",
    "schlüssel",
    "\xff",
  ]
) {
  Deno.test(`credentialValue refuses ${JSON.stringify(text)} and does not repeat it`, () => {
    assert.throws(() => value(text), (error) => {
      assert.ok(error instanceof BottleError);
      assert.deepEqual([error.code, error.exitCode, error.place], [
        "credential-invalid",
        125,
        placed.place,
      ]);
      assert.match(error.message, /^The host variable "TOKEN" gives /);
      if (text.trim().length > 1) assert.ok(!`${error.message}${error.hint}`.includes(text));
      return true;
    });
  });
}
