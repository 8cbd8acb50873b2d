/** A push, as the audit keeps it. */

import type { GateReason } from "./reason.ts";

/** What was asked for, and what became of it. Texts are escaped; no finding quotes a secret. */
export interface PushRecord {
  /** The name that the gate serves the repository by. */
  readonly repo: string;
  /** At most 100; `refs_more` counts the others. */
  readonly refs: readonly PushedRef[];
  /** How many more refs it named; absent: none. */
  readonly refs_more?: number;
  /** At most 50; `findings_more` counts the others. */
  readonly findings: readonly PushFinding[];
  /** How many more findings there were; absent: none. */
  readonly findings_more?: number;
  /** Objects that came with it. */
  readonly objects: number;
}

/** One ref of a push. */
export interface PushedRef {
  /** Its full name. */
  readonly ref: string;
  /** Object id in hex; all zeroes: the ref is new. */
  readonly old: string;
  /** Object id in hex; all zeroes: the ref is deleted. */
  readonly new: string;
  /** Whether the upstream has it now. */
  readonly accepted: boolean;
  /** Why not. */
  readonly reason?: GateReason;
}

/** Something that a push may not hold, by its place. */
export interface PushFinding {
  /** Of gitleaks, or `known-secret`. */
  readonly rule: string;
  /** The same in words: what the rule finds, or which of the bottle's credentials it is. */
  readonly what?: string;
  /** Where: a file, or another part of the push. */
  readonly kind: "file" | "message" | "identity" | "tag" | "note" | "ref" | "path" | "object";
  /** The file's path; of another part its name: a ref, a commit's field. */
  readonly path: string;
  /** From 1; 0: none. */
  readonly line: number;
  /** Commit or object that holds it, hex; empty: none (a ref's name). */
  readonly object: string;
  /** Hidden from the scan by an allow comment, and found without it. */
  readonly allowed_by_comment?: boolean;
}
