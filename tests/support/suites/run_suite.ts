/** Running one suite by `deno test`. */

import type { Run } from "../../../lib/process/run.ts";
import { parseJUnit, type TestCase } from "../report/junit.ts";
import type { SuiteResult } from "../report/report.ts";
import { uncaughtErrors } from "../report/uncaught.ts";
import { ROOT, walkFiles } from "./files.ts";
import type { Suite } from "./suites.ts";

/** What running a suite takes besides the suite. */
export interface RunSuiteOptions {
  readonly run: Run;
  /** A folder for the suite's report. */
  readonly reports: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where to gather coverage; nowhere unless told. */
  readonly coverage?: string;
  readonly signal: AbortSignal;
  /** Called with each line that the suite prints. */
  readonly onLine: (line: string) => void;
}

/** Runs a suite to its end; rejects only if the signal ended it. */
export async function runSuite(suite: Suite, options: RunSuiteOptions): Promise<SuiteResult> {
  const report = `${options.reports}/${suite.name}.xml`;
  await Deno.remove(report).catch(() => {});
  const lines: string[] = [];
  const onLine = (line: string): void => {
    lines.push(line);
    options.onLine(line);
  };
  return {
    name: suite.name,
    exitCode: await runTests(suite, report, { ...options, onLine }),
    tests: await readReport(report),
    files: await testFiles(suite),
    uncaught: uncaughtErrors(lines),
  };
}

/** The report files a test under the module that calls `Deno.test`: a file that has a shared suite do so isn't in it. */
async function testFiles({ folders }: Suite): Promise<string[]> {
  const paths = await Promise.all(folders.map((folder) => walkFiles(folder, /_test\.tsx?$/)));
  const own = await Promise.all(
    paths.flat().map(async (path) => {
      const text = await Deno.readTextFile(ROOT + path);
      return text.includes("Deno.test(") ? [path] : [];
    }),
  );
  return own.flat();
}

async function runTests(suite: Suite, report: string, options: RunSuiteOptions): Promise<number> {
  const argv = [
    Deno.execPath(),
    "test",
    "--no-check",
    "--allow-all",
    `--junit-path=${report}`,
    ...options.coverage === undefined
      ? []
      : [`--coverage=${options.coverage}`, "--coverage-raw-data-only"],
    ...suite.flags,
    ...[...suite.folders, ...suite.examples].map((path) => ROOT + path),
  ];
  try {
    const result = await options.run(argv, {
      env: { ...options.env, NO_COLOR: "1" },
      onLine: options.onLine,
      signal: options.signal,
      timeoutMs: suite.timeoutMs,
    });
    return result.code;
  } catch (error) {
    options.signal.throwIfAborted();
    options.onLine(String(error));
    return 124;
  }
}

async function readReport(path: string): Promise<TestCase[] | undefined> {
  try {
    return parseJUnit(await Deno.readTextFile(path));
  } catch {
    return undefined;
  }
}
