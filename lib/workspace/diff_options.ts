/** How git compares what an agent made: without starting anything, and within bounds whatever is in the files. */

import type { GitOptions } from "./host_git.ts";
import type { Oid } from "./types.ts";

/**
 * Which files count as renamed: those that are alike, or only those that are the same. To find alike ones git reads all that
 * were added and removed, and holds what it found in each.
 */
export type Renames = "alike" | "same";

/** Between which commits. */
export interface DiffRange {
  readonly from: Oid;
  readonly to: Oid;
  readonly renames: Renames;
  readonly signal?: AbortSignal;
}

/** Options of `git diff-tree` that keep it from starting anything, and from believing attributes. */
export function diffArgs(renames: Renames): readonly string[] {
  return [
    "-r",
    renames === "alike" ? "-M" : "-M100%",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--ignore-submodules=none",
    "--submodule=short",
  ];
}

/** Configuration and variables for the same calls. */
export const DIFF_LIMITS: Pick<GitOptions, "config" | "env"> = {
  config: [
    // Bigger files are shown as changed, not line by line: a line end takes a byte in a file and some forty in git.
    "core.bigFileThreshold=4m",
    // Names as they are: what shows them escapes them.
    "core.quotePath=false",
  ],
  // For a patch to be applied git reads the biggest files too. This much in one piece lets it take some 1.5 GiB in all.
  env: { GIT_ALLOC_LIMIT: "128m" },
};
