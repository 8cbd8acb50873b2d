import { equal, ok } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { asWriteFailure } from "../../../../lib/state/write_failure.ts";

const cases: readonly (readonly [name: string, code: string, word: RegExp])[] = [
  ["ENOSPC", "disk-full", /no space is left/],
  ["EDQUOT", "disk-full", /quota/],
  ["EROFS", "not-writable", /read-only/],
  ["EACCES", "not-writable", /permission denied/],
];

for (const [name, code, word] of cases) {
  Deno.test(`asWriteFailure names the file and what to do for ${name}`, () => {
    const cause = Object.assign(new Error("as the kernel says"), { code: name });
    const failure = asWriteFailure(cause, "/home/state.json");
    ok(failure instanceof BottleError);
    equal(failure.code, code);
    equal(failure.cause, cause);
    ok(failure.hint !== undefined && failure.message.includes('"/home/state.json"'));
    ok(word.test(failure.message));
  });
}

Deno.test("asWriteFailure leaves other errors as they are", () => {
  for (
    const error of [new Error("x"), Object.assign(new Error("x"), { code: "EIO" }), "text", null]
  ) {
    equal(asWriteFailure(error, "/f"), error);
  }
  const known = new BottleError("Known", { code: "disk-full" });
  equal(asWriteFailure(known, "/f"), known);
});
