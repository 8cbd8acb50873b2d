/** Errors that no test caught: the JUnit report only calls the tests of their file "Cancelled", what `deno test` prints has the reason. */

import type { Trouble } from "./report.ts";

const HEAD = /^(\S+) \(uncaught error\)$/;
const FOOT = /^This error was not caught from a test/;

/** The uncaught errors in the lines of a suite, in their order; the summary at the end, which names them again, adds none. */
export function uncaughtErrors(lines: readonly string[]): Trouble[] {
  return lines.flatMap((line, index) => {
    const [, file] = HEAD.exec(line) ?? [];
    if (file === undefined) return [];
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((line) => FOOT.test(line) || HEAD.test(line));
    if (end < 0 || HEAD.test(rest[end] ?? "")) return [];
    return [{
      title: `${file.replace(/^\.\//, "")}: an error that no test caught`,
      details: rest.slice(0, end).join("\n"),
    }];
  });
}
