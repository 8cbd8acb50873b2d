/** Which rows `audit` shows, from the words of the command line. */

import type { AuditFilter } from "../lib/audit/filter.ts";
import type { Verdict } from "../lib/egress/audit/audit_row.ts";
import { parseTime } from "./arguments.ts";
import { badUsage } from "./usage.ts";

/** As the parser gives them. */
export interface FilterFlags {
  readonly blocked?: true | undefined;
  readonly verdict?: Verdict[] | undefined;
  readonly host?: string[] | undefined;
  readonly method?: string[] | undefined;
  readonly reason?: string[] | undefined;
  readonly mark?: string[] | undefined;
  readonly route?: string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

const VERDICTS = ["allowed", "blocked", "failed"] as const satisfies readonly Verdict[];
/** RFC 3339 with its zone, or a day of UTC. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/** `--host '*.example.com'`, repeatable: the parser's collecting function for words of any kind. */
export function collectWords(text: string, before: readonly string[] = []): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("")) throw badUsage(`An empty word in "${text}"`, "Part words by commas");
  return [...new Set([...before, ...words])];
}

/** `--method GET,push`: rows have methods in upper case, and so have those of look-ups; git's are in lower case. */
export function collectAskedMethods(text: string, before: readonly string[] = []): string[] {
  const words = text.toUpperCase().replace(/\b(?:PUSH|FETCH)\b/g, (word) => word.toLowerCase());
  return collectWords(words, before);
}

/** `--verdict blocked,failed`. @throws {BottleError} `usage` */
export function collectVerdicts(text: string, before: readonly Verdict[] = []): Verdict[] {
  const verdicts = collectWords(text).map((word) => {
    const known = VERDICTS.find((verdict) => verdict === word);
    if (known !== undefined) return known;
    throw badUsage(`Not a verdict: "${word}"`, `Take one of: ${VERDICTS.join(", ")}`);
  });
  return [...new Set([...before, ...verdicts])];
}

/** `--last 20`. @throws {BottleError} `usage` */
export function parseRowCount(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw badUsage(`Not a number of rows: "${text}"`, "Write a whole number from 1, like --last 20");
}

/** A moment, or an age such as `10m`, in milliseconds since 1970. @throws {BottleError} `usage` */
export function parseMoment(text: string, now: Date): number {
  if (/^[0-9]+[smhd]$/.test(text)) return now.getTime() - parseTime(text);
  const moment = MOMENT.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(moment)) return moment;
  throw badUsage(
    `Not a moment: "${text}"`,
    "Write 2026-01-02T03:04:05Z, or how long ago: 90s, 10m, 8h, 2d",
  );
}

/** Puts them together. @throws {BottleError} `usage` */
export function filterOf(flags: FilterFlags, now: Date): AuditFilter {
  const { blocked, verdict, host, method, reason, mark, route } = flags;
  const verdicts = blocked === true ? [...verdict ?? [], "blocked" as const] : verdict;
  const since = flags.since === undefined ? undefined : parseMoment(flags.since, now);
  const until = flags.until === undefined ? undefined : parseMoment(flags.until, now);
  if (since !== undefined && until !== undefined && since > until) {
    throw badUsage("--since is later than --until", "No row can be between them");
  }
  return {
    ...(verdicts === undefined ? {} : { verdicts }),
    ...(host === undefined ? {} : { hosts: host }),
    ...(method === undefined ? {} : { methods: method }),
    ...(reason === undefined ? {} : { reasons: reason }),
    ...(mark === undefined ? {} : { marks: mark }),
    ...(route === undefined ? {} : { routes: route }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}
