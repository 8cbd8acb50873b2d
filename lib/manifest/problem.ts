/** What is wrong in manifests: collected, sorted, and thrown as one error that lists everything. */

import { escapeControl } from "../egress/escape.ts";
import { BottleError, type SourcePlace } from "../errors.ts";
import { looksLikeCredential } from "./credential_shape.ts";

/** Code of a problem about a value that looks like a credential. */
export const CREDENTIAL = "manifest-credential";

/** Enough to see what is wrong; a repository can't flood the terminal. */
const MAX_LISTED = 100;

/** One thing to put right, at its place. */
export interface Problem {
  /** A sentence without a full stop; never holds a value that may be a credential. */
  readonly message: string;
  /** Where it is. */
  readonly place: SourcePlace;
  /** What to do about it. */
  readonly hint?: string;
  /** Code of the error when this is the only problem; default `manifest-invalid`. */
  readonly code?: string;
}

/** `file:line:column`, as editors and terminals make links of; safe to print. */
export function formatPlace(place: SourcePlace): string {
  return [escapeControl(place.file), place.line, place.column].filter((part) => part !== undefined)
    .join(":");
}

/** A name or key for a message: quoted, safe to print, shortened, and hidden if it looks like a credential. */
export function quote(text: string): string {
  return looksLikeCredential(text)
    ? '"[hidden]"'
    : escapeControl(JSON.stringify(text.slice(0, 80)));
}

/** A file for a message: quoted and safe to print, but whole, as its end tells it from others. */
export function quotePath(file: string): string {
  return escapeControl(JSON.stringify(file));
}

/** One line: place, message, what to do. */
export function formatProblem(problem: Problem): string {
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return `${formatPlace(problem.place)}: ${problem.message}${hint}`;
}

/**
 * All problems as one error: a single one as itself, several as a list in `details`. Files keep the order in which
 * they were read; within a file the order is by line and column.
 *
 * @param about whose manifests these are, for the headline: `agent "reviewer"`
 */
export function problemsError(about: string, problems: readonly Problem[]): BottleError {
  const sorted = sortProblems(problems);
  const [first] = sorted;
  if (first !== undefined && sorted.length === 1) {
    return new BottleError(first.message, {
      code: first.code ?? "manifest-invalid",
      place: first.place,
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    });
  }
  return new BottleError(`${sorted.length} problems in the manifests of ${about}`, {
    code: "manifest-invalid",
    details: [
      ...sorted.slice(0, MAX_LISTED).map(formatProblem),
      ...sorted.length > MAX_LISTED ? [`and ${sorted.length - MAX_LISTED} more`] : [],
    ],
    hint: "Put them right, or see the allowed keys with `bot-bottle schema bottle`",
    ...(first === undefined ? {} : { place: first.place }),
  });
}

/**
 * By file as first seen, then line, then column; the same problem at the same place once, and nothing else about a
 * value that looks like a credential.
 */
function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map((problem) => problem.place.file))];
  const once = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  const credentials = problems.filter((problem) => problem.code === CREDENTIAL);
  const isMoot = (problem: Problem): boolean =>
    problem.code !== CREDENTIAL && credentials.some((found) => isAt(found.place, problem.place));
  return [...once.values()].filter((problem) => !isMoot(problem)).sort((a, b) =>
    files.indexOf(a.place.file) - files.indexOf(b.place.file) ||
    (a.place.line ?? 0) - (b.place.line ?? 0) ||
    (a.place.column ?? 0) - (b.place.column ?? 0)
  );
}

/** Whether both mean the same value: a quote may stand before what the first one means. */
function isAt(inner: SourcePlace, outer: SourcePlace): boolean {
  const { column = 1 } = outer;
  const isNear = inner.column === column || inner.column === column + 1;
  return inner.file === outer.file && inner.line === outer.line && isNear;
}
