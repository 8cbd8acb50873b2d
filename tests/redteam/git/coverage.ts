/** Which line of the threat list about git has which cases. */

import type { Section } from "../coverage.ts";
import type { GitCase } from "./case.ts";
import { gitCases } from "./cases/all.ts";
import { git, type GitThreatId } from "./threats.ts";

/** A line that a test of its own shows: its file from the root, and words of its name. */
export interface GitTest {
  readonly line: GitThreatId;
  readonly test: readonly [file: string, words: string];
}

const PUSHES = "tests/redteam/git/pushes_test.ts";
const MANIFESTS = "tests/redteam/git/manifests_test.ts";

/** What is no script in the agent's container, or not only. */
export const gitTests: readonly GitTest[] = [
  { line: "cut", test: [PUSHES, "a push that is cut in the middle"] },
  { line: "upstream-slow", test: [PUSHES, "an upstream that accepts, and says nothing"] },
  { line: "upstream-down", test: [PUSHES, "an upstream that is down"] },
  { line: "upstream-key", test: [PUSHES, "an upstream that shows another host key"] },
  { line: "other-bottle", test: [PUSHES, "another bottle's gate"] },
  ...(["ext", "file-url", "upload-pack", "dash-host"] as const).map((line): GitTest => ({
    line,
    test: [MANIFESTS, "a manifest's url"],
  })),
];

/** The table of lines and cases: all are in a bottle. */
export function countGitCases(cases: readonly GitCase[] = gitCases): Section {
  return {
    title: "Git",
    counts: git.map((threat) => ({
      threat,
      proxy: 0,
      bottle: [...cases, ...gitTests].filter(({ line }) => line === threat.id).length,
    })),
  };
}
