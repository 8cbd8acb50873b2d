/** `diff`: what the agent has changed. */

import {
  type ChangedFile,
  listCommits,
  listFiles,
  type WorkCommit,
} from "../../lib/workspace/changes.ts";
import { checkWork } from "../../lib/workspace/check_work.ts";
import type { Finding } from "../../lib/workspace/findings.ts";
import type { DiffRange } from "../../lib/workspace/diff_options.ts";
import { lookOut } from "../../lib/workspace/look_out.ts";
import type { RiskyFile } from "../../lib/workspace/risky_files.ts";
import type { OpenedWork } from "./work_out.ts";

/** Which part of the work. */
export type DiffPart = "all" | "committed" | "uncommitted";

/** Two commits to compare; null: there is nothing to. */
export type Range = Omit<DiffRange, "signal"> | null;

/** What a part lies between. */
export function rangeOf({ quarantine }: Pick<OpenedWork, "quarantine">, part: DiffPart): Range {
  const { base, head, uncommitted, renames } = quarantine;
  switch (part) {
    case "all":
      return { from: base, to: uncommitted ?? head, renames };
    case "committed":
      return { from: base, to: head, renames };
    case "uncommitted":
      return uncommitted === null ? null : { from: head, to: uncommitted, renames };
    default:
      return part satisfies never;
  }
}

/** The facts of a part. */
export interface WorkReport {
  readonly files: readonly ChangedFile[];
  /** Of HEAD, the newest first; a thousand at most. None of uncommitted work. */
  readonly commits: readonly WorkCommit[];
  readonly totalCommits: number;
  /** What keeps `fetch` from bringing it, unless accepted. */
  readonly findings: readonly Finding[];
  /** What to look at before it is opened or built. */
  readonly warnings: readonly RiskyFile[];
}

/** Puts them together. */
export async function reportOn(
  { quarantine }: Pick<OpenedWork, "quarantine">,
  part: DiffPart,
  signal: AbortSignal,
): Promise<WorkReport> {
  const { git, base, head } = quarantine;
  const range = rangeOf({ quarantine }, part);
  if (range === null) {
    return { files: [], commits: [], totalCommits: 0, findings: [], warnings: [] };
  }
  // First: git holds all paths in memory when it compares, and a hostile tree has no end of them.
  const findings = await checkWork(git, { base, tip: range.to, signal });
  const files = await listFiles(git, { ...range, signal });
  const { commits, total } = part === "uncommitted"
    ? { commits: [], total: 0 }
    : await listCommits(git, base, head, signal);
  return {
    files,
    commits,
    totalCommits: total,
    findings,
    warnings: await lookOut(git, files, { ...range, signal }),
  };
}
