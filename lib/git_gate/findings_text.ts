/** What a scan found, as lines for the pusher's terminal. */

import { escapeControl } from "../egress/escape.ts";
import type { PushFinding } from "./push_record.ts";

/** So many places are told; the others are counted. */
const MAX_TOLD = 20;
/** Longest path or name, in UTF-16 units. */
const MAX_NAME = 160;
/** Hex digits of an object's id. */
const SHORT_ID = 10;

/**
 * A line for each place, then what to do. Nothing quotes what was found; names are escaped.
 *
 * @param findings as the scan has them; the same place again is told once
 *
 * @example
 * ```ts
 * import { findingLines } from "./findings_text.ts";
 * const finding = { rule: "jwt", kind: "file", path: "a.env", line: 3, object: "" } as const;
 * if (findingLines([finding])[0] !== "  a.env:3  jwt") throw new Error("another line");
 * ```
 */
export function findingLines(findings: readonly PushFinding[]): readonly string[] {
  const places = [...new Set(findings.map(placeLine))];
  const more = places.length - MAX_TOLD;
  return [
    ...places.slice(0, MAX_TOLD).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...remedies(findings),
  ];
}

function placeLine(finding: PushFinding): string {
  const { rule, what, object, allowed_by_comment: byComment } = finding;
  const said = what === undefined || what === rule ? rule : `${rule}: ${what}`;
  const id = object.slice(0, SHORT_ID);
  return [
    placeOf(finding),
    escapeControl(said),
    ...(id === "" ? [] : [`${finding.kind === "object" ? "object" : holder(finding)} ${id}`]),
    ...(byComment === true ? ["hidden by gitleaks:allow"] : []),
  ].join("  ");
}

function holder({ kind }: PushFinding): string {
  return kind === "tag" ? "tag" : "commit";
}

function placeOf({ kind, path, line }: PushFinding): string {
  const name = shownName(path);
  const at = line > 0 ? `:${line}` : "";
  switch (kind) {
    case "file":
      return `${name}${at}`;
    case "note":
      return `note ${name}${at}`;
    case "message":
      return path === "message" ? `commit message${line > 0 ? `, line ${line}` : ""}` : name;
    case "identity":
      return name;
    case "tag":
      return `tag ${name}${line > 0 ? `, line ${line}` : ""}`;
    case "ref":
      return "a ref's name";
    case "path":
      return "a path's name";
    case "object":
      return path === "" ? `an object that no commit names${at}` : `commit field ${name}`;
    default:
      return kind satisfies never;
  }
}

/** What to do, by where things were found: what is in an older commit is not taken out by a newer one. */
function remedies(findings: readonly PushFinding[]): readonly string[] {
  const kinds = new Set(findings.map(({ kind }) => kind));
  const isInCommits = (["file", "note", "message", "identity", "path"] as const)
    .some((kind) => kinds.has(kind));
  return [
    ...(isInCommits
      ? [
        "In the last commit: change it, then git commit --amend (--reset-author for its author).",
        "In an older one: git rebase -i <the commit>~1, mark it edit, change it, git commit --amend,",
        "git rebase --continue. All of it: git reset --soft <upstream branch>, and commit anew.",
      ]
      : []),
    ...(kinds.has("tag") ? ["In a tag: git tag -d <tag>, and make it anew."] : []),
    ...(kinds.has("ref") ? ["In a name: git branch -m <old> <new>, and push that."] : []),
    ...(kinds.has("object")
      ? ["In a loose object: push from a fresh clone, which has only what commits name."]
      : []),
    "What was found counts as leaked only if it leaves: nothing of it has.",
  ];
}

function shownName(name: string): string {
  const safe = escapeControl(name);
  return safe.length <= MAX_NAME ? safe : `${safe.slice(0, MAX_NAME - 1).toWellFormed()}…`;
}
