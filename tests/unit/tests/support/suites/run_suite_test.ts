import assert from "node:assert/strict";
import type { RunOptions } from "../../../../../lib/process/run.ts";
import { fakeRun } from "../../../../support/context.ts";
import { runSuite, type RunSuiteOptions } from "../../../../support/suites/run_suite.ts";
import type { Suite } from "../../../../support/suites/suites.ts";

const SUITE: Suite = {
  name: "sample",
  folders: ["tests/unit/tests/support/suites"],
  examples: ["lib/names.ts"],
  flags: ["--parallel"],
  timeoutMs: 1_000,
};
const REPORT = `<testsuites name="deno test">
  <testcase name="a" classname="./tests/a_test.ts"></testcase>
</testsuites>`;

/** Runs the suite with a `deno test` that does what `test` does; gives it the path of the report it should write. */
async function runWith(
  test: (report: string, options: RunOptions) => Promise<{ code?: number }>,
  given: Partial<RunSuiteOptions> = {},
  suite: Suite = SUITE,
): Promise<{ result: Awaited<ReturnType<typeof runSuite>>; argv: string[]; lines: string[] }> {
  const reports = await Deno.makeTempDir();
  const lines: string[] = [];
  const run = fakeRun((argv, options) => {
    const path = argv.find((flag) => flag.startsWith("--junit-path="))?.split("=")[1] ?? "";
    return test(path, options);
  });
  try {
    const result = await runSuite(suite, {
      run,
      reports,
      env: { BOT_BOTTLE_HOME: "/nowhere" },
      signal: new AbortController().signal,
      onLine: (line) => void lines.push(line),
      ...given,
    });
    return { result, argv: run.calls[0] ?? [], lines };
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
}

Deno.test("runSuite gives back the report and the files that it should hold", async () => {
  const { result, argv } = await runWith(async (report, options) => {
    await Deno.writeTextFile(report, REPORT);
    assert.deepEqual(options.env, { BOT_BOTTLE_HOME: "/nowhere", NO_COLOR: "1" });
    return { code: 0 };
  });
  assert.equal(result.exitCode, 0);
  assert.deepEqual(result.tests?.map(({ name }) => name), ["a"]);
  assert.ok(result.files.includes("tests/unit/tests/support/suites/run_suite_test.ts"));
  assert.ok(result.files.every((file) => file.endsWith("_test.ts")));
  assert.ok(argv.includes("--parallel"));
  assert.match(argv.at(-1) ?? "", /\/lib\/names\.ts$/);
  assert.ok(!argv.some((flag) => flag.startsWith("--coverage")));
});

Deno.test("runSuite does not look for a file that has a shared suite call Deno.test", async () => {
  const suite = { ...SUITE, folders: ["tests/integration/conformance"] };
  const { result } = await runWith(() => Promise.resolve({}), {}, suite);
  assert.deepEqual(result.files, []);
});

Deno.test("runSuite gathers coverage where it is told to", async () => {
  const { argv } = await runWith(() => Promise.resolve({}), { coverage: "/profiles" });
  assert.ok(argv.includes("--coverage=/profiles"));
});

Deno.test("runSuite has no tests to give when the report is missing or cut off", async () => {
  const missing = await runWith(() => Promise.resolve({ code: 139 }));
  assert.deepEqual([missing.result.exitCode, missing.result.tests], [139, undefined]);
  const cut = await runWith(async (report) => {
    await Deno.writeTextFile(report, REPORT.slice(0, 60));
    return { code: 0 };
  });
  assert.equal(cut.result.tests, undefined);
});

Deno.test("runSuite counts a suite that takes too long as ended with 124", async () => {
  const { result, lines } = await runWith((_report, options) => {
    assert.equal(options.timeoutMs, 1_000);
    return Promise.reject(new Error("did not end within 1000 ms"));
  });
  assert.equal(result.exitCode, 124);
  assert.match(lines.join("\n"), /did not end within/);
});

Deno.test("runSuite rejects when the run is interrupted", async () => {
  const interrupt = new AbortController();
  const suite = runWith(() => {
    interrupt.abort(new Error("Ended by SIGINT"));
    return Promise.reject(interrupt.signal.reason);
  }, { signal: interrupt.signal });
  await assert.rejects(suite, /Ended by SIGINT/);
});
