/** Reading gitleaks' report. */

import { readCount, readList, readShape, readText } from "../../../lib/control/shape.ts";
import { unscannable } from "./unscannable.ts";

/** One finding of gitleaks, without what it found. */
export interface ReportedFinding {
  /** The rule's id. */
  readonly rule: string;
  /** The rule's description. */
  readonly what: string;
  /** The file's name, without its folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The last line that it has a character of besides the end of the line before. */
  readonly endLine: number;
}

const MAX_FINDINGS = 1_000_000;
const MAX_TEXT = 4_096;

/** How gitleaks' own indentation ends a finding with another behind it. */
const FINDING_END = "\n },";

/** @param report JSON, as gitleaks writes it @throws {BottleError} `scan-failed`: it is no such report, or not a whole one */
export function readReport(report: Uint8Array): readonly ReportedFinding[] {
  return parseReport(new TextDecoder().decode(report));
}

/** The findings that are whole in a report that breaks off. @throws as {@linkcode readReport} */
export function readCutReport(report: Uint8Array): readonly ReportedFinding[] {
  const text = new TextDecoder().decode(report);
  const end = text.lastIndexOf(FINDING_END);
  return parseReport(`${text.slice(0, Math.max(0, end))}\n }]`);
}

function parseReport(text: string): readonly ReportedFinding[] {
  try {
    const findings: unknown = JSON.parse(text);
    return readList({ findings }, "findings", MAX_FINDINGS).map(readFinding);
  } catch (error) {
    throw unscannable("gitleaks left no report that can be read", error);
  }
}

function readFinding(value: unknown): ReportedFinding {
  const shape = readShape(value, "finding");
  const line = readCount(shape, "StartLine");
  const endLine = readCount(shape, "EndLine");
  // Many rules take the line feed behind a secret: the match then ends in the first column of the next line.
  const ownEnd = readCount(shape, "EndColumn") <= 1 ? endLine - 1 : endLine;
  return {
    rule: readText(shape, "RuleID", MAX_TEXT),
    what: readText(shape, "Description", MAX_TEXT),
    file: readText(shape, "File", MAX_TEXT).split("/").at(-1) ?? "",
    line,
    endLine: Math.max(line, ownEnd),
  };
}
