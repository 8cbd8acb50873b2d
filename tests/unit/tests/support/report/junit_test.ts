import assert from "node:assert/strict";
import { parseJUnit } from "../../../../support/report/junit.ts";

/** As `deno test --junit-path` of Deno 2.9.6 writes it. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="2" errors="0" time="0.153">
    <testsuite name="./tests/a_test.ts" tests="4" disabled="1" errors="0" failures="2">
        <testcase name="ok &lt;a&gt; &amp; &quot;b&quot;" classname="./tests/a_test.ts" time="0.000" line="1" col="6">
        </testcase>
        <testcase name="fails" classname="./tests/a_test.ts" time="0.001" line="2" col="6">
            <failure message="Uncaught Error: bad">Error: bad ]]&gt; &lt;/testcase&gt;
    at file:///a_test.ts:2:44</failure>
        </testcase>
        <testcase name="errs" classname="./tests/a_test.ts" time="0.001"><error message="it &lt;died&gt;"/></testcase>
        <testcase name="skip (needs: kvm)" classname="./tests/a_test.ts" time="0.000" line="4" col="6">
            <skipped/>
        </testcase>
        <testcase name="short" classname="./tests/a_test.ts" time="0.000"/>
    </testsuite>
</testsuites>
`;

Deno.test("parseJUnit reads names, outcomes and failures", () => {
  assert.deepEqual(parseJUnit(REPORT), [
    { file: "tests/a_test.ts", name: 'ok <a> & "b"', outcome: "passed", failure: "" },
    {
      file: "tests/a_test.ts",
      name: "fails",
      outcome: "failed",
      failure: "Error: bad ]]> </testcase>\n    at file:///a_test.ts:2:44",
    },
    { file: "tests/a_test.ts", name: "errs", outcome: "failed", failure: "it <died>" },
    { file: "tests/a_test.ts", name: "skip (needs: kvm)", outcome: "skipped", failure: "" },
    { file: "tests/a_test.ts", name: "short", outcome: "passed", failure: "" },
  ]);
});

Deno.test("parseJUnit refuses what is no whole report", () => {
  for (const text of ["", "<html></html>", REPORT.slice(0, 400), "</testsuites>"]) {
    assert.throws(() => parseJUnit(text), /Not a whole JUnit report/);
  }
});
