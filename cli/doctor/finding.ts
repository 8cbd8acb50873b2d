/** What `doctor` finds. */

import type { Json } from "../../lib/plan/plan_json.ts";

/** `note`: nothing is wrong, but the person may want to know. `warning`: it works, worse than it could. `problem`: something does not work, or does not hold. */
export type Level = "ok" | "note" | "warning" | "problem";

/** One finding. */
export interface Finding {
  readonly level: Level;
  /** A sentence without a full stop; control characters are escaped where it is shown. */
  readonly text: string;
  /** What to do about it; null: nothing. */
  readonly fix: string | null;
  /** The figures behind it, for programs: snake case. */
  readonly facts: Readonly<Record<string, Json>>;
}

/** A finding, and the check that made it. */
export interface CheckedFinding extends Finding {
  readonly check: string;
}

/** All is well. */
export function ok(text: string, facts: Finding["facts"] = {}): Finding {
  return { level: "ok", text, fix: null, facts };
}

/** Worth knowing. */
export function note(
  text: string,
  fix: string | null = null,
  facts: Finding["facts"] = {},
): Finding {
  return { level: "note", text, fix, facts };
}

/** Works, but not as it should. */
export function warning(text: string, fix: string, facts: Finding["facts"] = {}): Finding {
  return { level: "warning", text, fix, facts };
}

/** Does not work, or does not hold. */
export function problem(text: string, fix: string, facts: Finding["facts"] = {}): Finding {
  return { level: "problem", text, fix, facts };
}
