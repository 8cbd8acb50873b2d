/** What a whole run comes to: the skips, the failures, and the counts as the last line. */

import type { TestCase } from "./junit.ts";
import { skipLine, unexpectedSkips } from "./skips.ts";

/** How one suite ended. */
export interface SuiteResult {
  readonly name: string;
  readonly exitCode: number;
  /** The cases of its JUnit file; undefined if it left none that can be read. */
  readonly tests: readonly TestCase[] | undefined;
  /** The files that its report has to name. */
  readonly files: readonly string[];
  /** Errors that no test of it caught. */
  readonly uncaught: readonly Trouble[];
}

/** A failure that is no test's: a check, a suite that crashed, something left behind. */
export interface Trouble {
  readonly title: string;
  readonly details: string;
}

/** The report as lines, and whether all is well. */
export interface Report {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

/** Sums up suites and other troubles; each trouble counts as one failure. */
export function summarise(
  suites: readonly SuiteResult[],
  troubles: readonly Trouble[],
  expectedSkips: readonly string[],
): Report {
  const tests = suites.flatMap((suite) => suite.tests ?? []);
  const count = (outcome: TestCase["outcome"]): number =>
    tests.filter((test) => test.outcome === outcome).length;
  const all: Trouble[] = [
    ...troubles,
    ...suites.flatMap(suiteTroubles),
    ...unexpectedSkips(tests, expectedSkips).map((title) => ({ title, details: "" })),
    ...tests.length === 0 ? [{ title: "No test ran", details: "" }] : [],
  ];
  const failed = count("failed") + all.length;
  return {
    ok: failed === 0,
    lines: [
      ...tests.filter(({ outcome }) => outcome === "skipped").map((test) =>
        `skipped: ${skipLine(test)}`
      ),
      ...tests.filter(({ outcome }) => outcome === "failed").flatMap((test) =>
        block(`${test.file}: ${test.name}`, test.failure)
      ),
      ...all.flatMap(({ title, details }) => block(title, details)),
      `${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`,
    ],
  };
}

/**
 * What the reports of a suite don't tell: a process that died leaves none, and a test file that throws while it loads is
 * in none (Deno 2.9 only exits with 1).
 */
function suiteTroubles({ name, exitCode, tests, files, uncaught }: SuiteResult): Trouble[] {
  if (tests === undefined) {
    return [...uncaught, {
      title: `${name}: ended with ${exitCode} and left no report`,
      details: "",
    }];
  }
  const ran = new Set(tests.map(({ file }) => file));
  const missing: Trouble[] = files.filter((file) => !ran.has(file)).map((file) => ({
    title: `${file}: not one test of it ran`,
    details: "",
  }));
  const failed = missing.length > 0 || tests.some(({ outcome }) => outcome === "failed");
  return exitCode === 0 || failed || uncaught.length > 0
    ? [...uncaught, ...missing]
    : [{ title: `${name}: ended with ${exitCode} though no test failed`, details: "" }];
}

function block(title: string, details: string): string[] {
  return [`FAILED ${title}`, ...details.split("\n").filter(Boolean).map((line) => `  ${line}`)];
}
