/** A skip is honest only with a named need, and only where it was expected. */

import type { TestCase } from "./junit.ts";

/** What a machine may lack. */
const NEEDS = /\bneeds: (kvm|runsc|denort|macos|registry)\b/;

/** How a skip is written in tests/expected_skips.txt. */
export function skipLine(test: Pick<TestCase, "file" | "name">): string {
  return `${test.file}: ${test.name}`;
}

/** The lines of tests/expected_skips.txt without comments and empty lines. */
export function parseExpectedSkips(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
}

/** What is wrong with each skip that isn't expected or names no need. A test that was expected to be skipped and ran is fine. */
export function unexpectedSkips(
  tests: readonly TestCase[],
  expected: readonly string[],
): string[] {
  return tests.filter(({ outcome }) => outcome === "skipped").flatMap((test) => {
    const line = skipLine(test);
    if (!NEEDS.test(test.name)) return [`${line}: skipped without "needs: …" in its name`];
    if (!expected.includes(line)) return [`${line}: skipped, but not in tests/expected_skips.txt`];
    return [];
  });
}
