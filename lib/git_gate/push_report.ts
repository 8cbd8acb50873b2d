/** What a pusher reads where the gate refuses: short, one line a thing, `remote: ` is put in front by git. */

import { escapeControl } from "../egress/escape.ts";
import type { GateReason } from "./reason.ts";
import { gateReasons } from "./reason.ts";
import type { Refusal } from "./rules.ts";

/** So many things are told of one push. */
const MAX_TOLD = 10;
/** Longest line, in UTF-16 units. */
const MAX_LINE = 300;

/** What to do about it, as a sentence. */
const remedies: Readonly<Partial<Record<GateReason, string>>> = {
  "push-allow-comment": "Take the comment and what it hides out, or let a person push it.",
  "push-unscanned": "Push again. If that does not help, push less at once.",
  "push-ref": "Push to a name that the repository's rules let through.",
  "push-force": "Fetch, then rebase or merge, and push without force; or push to a new branch.",
  "push-delete": "Leave it, or let a person delete it.",
  "push-approval": "Push without these paths, or let a person push it.",
  "push-denied": "Leave the work in a commit: a person can fetch it from the bottle and push it.",
  "push-too-big": "Push it in smaller parts, and leave big files out of every commit.",
  "push-malformed": "Make the objects anew, or let a person push them.",
  "push-unrecorded": "Push again later: without a record in the audit nothing goes out.",
};

/** @param words of a scan's findings, as lines that are fit to be shown; they say what to do too */
export function refusalLines(
  reason: GateReason,
  refusals: readonly Refusal[],
  words: readonly string[] = [],
): readonly string[] {
  const told = refusals.slice(0, MAX_TOLD);
  const more = refusals.length - told.length;
  const remedy = remedies[reason];
  return [
    `git-gate refused this push: ${gateReasons[reason]}`,
    ...told.map(({ ref, why }) => shown(`  ${ref === undefined ? "" : `${ref}: `}${why}`)),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    ...words,
    ...(remedy === undefined ? [] : [remedy]),
    ...(words.length === 0 ? ["Nothing of it went to the upstream."] : []),
  ];
}

/** One line from the outside, without what a terminal obeys; colours are left out. */
export function shown(line: string): string {
  // deno-lint-ignore no-control-regex -- SGR sequences (ECMA-48)
  const plain = escapeControl(line.replace(/\x1b\[[0-9;:]*m|\x1b\[K/g, "").replace(/\t/g, "    "))
    .trimEnd();
  return plain.length <= MAX_LINE ? plain : `${plain.slice(0, MAX_LINE - 1).toWellFormed()}…`;
}

/** A line of our own git's stderr that the upstream wrote; undefined: it is git's own word. */
export function upstreamLine(line: string): string | undefined {
  return line.startsWith("remote:")
    ? shown(line.slice("remote:".length).replace(/^ /, ""))
    : undefined;
}
