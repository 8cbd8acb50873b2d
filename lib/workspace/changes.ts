/** What a diff is about, as lists: files with their counts, commits with their subjects. */

import { BottleError } from "../errors.ts";
import { DIFF_LIMITS, diffArgs, type DiffRange } from "./diff_options.ts";
import type { HostGit } from "./host_git.ts";
import { isOid, type Oid } from "./types.ts";

/** A file that differs. Snake case: `--json` prints it. */
export interface ChangedFile {
  readonly status: "added" | "deleted" | "modified" | "renamed" | "copied" | "type-changed";
  readonly path: string;
  /** Where it was, of one that was renamed or copied. */
  readonly old_path: string | null;
  /** Lines; null for a binary file. */
  readonly additions: number | null;
  readonly deletions: number | null;
  /** Octal, six digits, after the change. */
  readonly mode: string;
}

/** A commit of the agent's. */
export interface WorkCommit {
  readonly id: Oid;
  readonly subject: string;
  readonly author: string;
  /** RFC 3339, as the commit says. */
  readonly date: string;
}

/** Commits that are listed; the count tells of more. */
export const MAX_LISTED_COMMITS = 1000;
/** Of a subject or a name, in characters. */
const MAX_TEXT = 200;
/** Of the list of commits, in bytes: characters without a width don't count when git cuts a text off. */
const MAX_COMMITS_BYTES = 4 * 1024 ** 2;
/** Of the list of files, in bytes: more than that nobody looks at. */
const MAX_LIST_BYTES = 64 * 1024 ** 2;

const STATUS: ReadonlyMap<string, ChangedFile["status"]> = new Map([
  ["A", "added"],
  ["D", "deleted"],
  ["M", "modified"],
  ["R", "renamed"],
  ["C", "copied"],
  ["T", "type-changed"],
]);

/** Files that differ between two commits. @throws {BottleError} `git-failed`, `work-too-big` */
export async function listFiles(
  git: HostGit,
  { from, to, renames, signal }: DiffRange,
): Promise<readonly ChangedFile[]> {
  const options = {
    ...DIFF_LIMITS,
    keepBytes: MAX_LIST_BYTES,
    ...(signal === undefined ? {} : { signal }),
  };
  const args = ["diff-tree", ...diffArgs(renames), "-z", "--raw", "--numstat", "--no-abbrev"];
  const text = await git.text([...args, from, to], options);
  if (new TextEncoder().encode(text).length >= MAX_LIST_BYTES) {
    throw new BottleError("The agent's work changes more files than can be listed", {
      code: "work-too-big",
      hint: "`--stat` and `--json` are not to be had of it; the diff itself is",
    });
  }
  return parseFiles(text.split("\0"));
}

const RAW = /^:\d{6} (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*$/;
const COUNT = /^(\d+|-)\t(\d+|-)\t(.*)$/s;

/** Fields of `git diff-tree -z --raw --numstat -M`: first all files, then all counts, in the same order. */
export function parseFiles(fields: readonly string[]): readonly ChangedFile[] {
  const files: Omit<ChangedFile, "additions" | "deletions">[] = [];
  let at = 0;
  const next = (): string => fields[at++] ?? "";
  for (let raw = RAW.exec(fields[at] ?? ""); raw !== null; raw = RAW.exec(fields[at] ?? "")) {
    at++;
    const status = STATUS.get(raw[2] ?? "") ?? "modified";
    const first = next();
    const hasTwo = status === "renamed" || status === "copied";
    const path = hasTwo ? next() : first;
    files.push({ status, path, old_path: hasTwo ? first : null, mode: raw[1] ?? "" });
  }
  return files.map((file) => {
    const [, additions = "-", deletions = "-", path] = COUNT.exec(next()) ?? [];
    // Of two paths the counts say none on their own line, and both after it.
    if (path === "") at += 2;
    return { ...file, additions: toCount(additions), deletions: toCount(deletions) };
  });
}

/** Commits that `tip` has and `base` has not, the newest first. */
export async function listCommits(
  git: HostGit,
  base: Oid,
  tip: Oid,
  signal?: AbortSignal,
): Promise<{ readonly commits: readonly WorkCommit[]; readonly total: number }> {
  const options = signal === undefined ? {} : { signal };
  const range = [tip, "--not", base];
  const total = Number(await git.text(["rev-list", "--count", ...range], options));
  const text = await git.text([
    "rev-list",
    `--max-count=${MAX_LISTED_COMMITS}`,
    // As the bytes are: a commit names its encoding, and there are more converters than anybody has looked at.
    "--encoding=none",
    `--format=%H%x00%<(${MAX_TEXT},trunc)%s%x00%<(${MAX_TEXT},trunc)%an%x00%ct`,
    ...range,
  ], { ...options, keepBytes: MAX_COMMITS_BYTES });
  return { total, commits: text.split("\n").flatMap(parseCommit) };
}

function parseCommit(line: string): readonly WorkCommit[] {
  const [id = "", subject = "", author = "", seconds = ""] = line.split("\0");
  if (!isOid(id)) return [];
  const short = (field: string): string => field.slice(0, MAX_TEXT).trimEnd();
  return [{ id, subject: short(subject), author: short(author), date: toDate(seconds) }];
}

/** The year 9999 is the last that RFC 3339 can write; git writes later ones. */
const LAST_SECOND = 253_402_300_799;

function toDate(seconds: string): string {
  const time = Math.min(Math.max(0, Number(seconds) || 0), LAST_SECOND);
  return new Date(time * 1000).toISOString();
}

function toCount(text: string): number | null {
  return text === "-" ? null : Number(text);
}
