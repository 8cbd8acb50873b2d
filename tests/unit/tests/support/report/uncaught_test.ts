import assert from "node:assert/strict";
import { uncaughtErrors } from "../../../../support/report/uncaught.ts";

Deno.test("uncaughtErrors tells file and reason of each, once", () => {
  const lines = `running 2 tests from ./tests/a_test.ts
one ...
Uncaught error from ./tests/a_test.ts FAILED
one ... cancelled (0ms)

 ERRORS

./tests/a_test.ts (uncaught error)
error: TypeError: Child process has already terminated
    at Timeout._onTimeout (file:///tests/a_test.ts:1:57)
This error was not caught from a test and caused the test runner to fail on the referenced module.
It most likely originated from a dangling promise, event/timeout handler or top-level code.

 FAILURES

./tests/a_test.ts (uncaught error)
./tests/b_test.ts (uncaught error)

FAILED | 0 passed | 3 failed (39ms)`.split("\n");
  assert.deepEqual(uncaughtErrors(lines), [{
    title: "tests/a_test.ts: an error that no test caught",
    details: "error: TypeError: Child process has already terminated\n" +
      "    at Timeout._onTimeout (file:///tests/a_test.ts:1:57)",
  }]);
  assert.deepEqual(uncaughtErrors(["all well"]), []);
});
