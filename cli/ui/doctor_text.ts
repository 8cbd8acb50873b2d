/** What `doctor` prints. */

import { escapeControl } from "../../lib/egress/escape.ts";
import type { CheckedFinding, Level } from "../doctor/finding.ts";
import { type Style, styleOf } from "./style.ts";

/** Version of the shape, in the JSON as `schema`; counts up when a key changes its meaning. */
export const DOCTOR_SCHEMA = 1;

const LEVELS = ["problem", "warning", "note"] as const;

/** `doctor --json`. `ok`: no finding is a problem. `facts` differ by check, and are for showing and searching. */
export function doctorJson(findings: readonly CheckedFinding[]): string {
  const shown = findings.map(({ check, level, text, fix, facts }) => ({
    check,
    level,
    text,
    fix,
    facts,
  }));
  const ok = findings.every(({ level }) => level !== "problem");
  return `${JSON.stringify({ schema: DOCTOR_SCHEMA, ok, findings: shown }, null, 2)}\n`;
}

/** A line a finding, its fix below it, and a count at the end. */
export function doctorLines(
  findings: readonly CheckedFinding[],
  out: { readonly useColor: boolean },
): readonly string[] {
  const style = styleOf(out);
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, text, fix }) => [
    `${mark(level, style)} ${check.padEnd(width)}  ${escapeControl(text)}`,
    ...(fix === null ? [] : [style.dim(`  ${"".padEnd(width)}  → ${escapeControl(fix)}`)]),
  ]);
  return [...lines, "", summary(findings)];
}

function mark(level: Level, style: Style): string {
  switch (level) {
    case "ok":
      return style.green("✓");
    case "note":
      return style.dim("i");
    case "warning":
      return style.yellow("!");
    case "problem":
      return style.red("✗");
    default:
      return level satisfies never;
  }
}

function summary(findings: readonly CheckedFinding[]): string {
  const counts = LEVELS.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${level}${count === 1 ? "" : "s"}`];
  });
  return counts.length === 0 ? "All is well" : counts.join(", ");
}
