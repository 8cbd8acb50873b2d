/** What the guest says of its work tree: hostile text, of which only what fits a narrow form is taken. */

import { BottleError } from "../errors.ts";
import { isOid, type Oid } from "./types.ts";

/** Why uncommitted work, or a part of it, was not brought: nothing was; the limit; an error of the guest's git. */
export type LeftOut = "none" | "some" | "too-big" | "failed";

/** How the agent's work stood when it was collected. The guest's word, but for the bytes. */
export interface WorkFacts {
  readonly head: Oid;
  /** The branch that HEAD was on, without `refs/heads/`; null: detached, or a name that we don't show. */
  readonly branch: string | null;
  /** A commit on top of `head` with what was not committed; null: the tree was clean, or it was left out. */
  readonly uncommitted: Oid | null;
  readonly leftOut: LeftOut;
  /** Commits that only other branches or the stash have: they stay in the bottle. */
  readonly elsewhere: number;
}

/** What comes before the bundle. */
export interface WorkHeader {
  readonly facts: WorkFacts;
  /** Whether a bundle follows: there is something that the person doesn't have. */
  readonly hasBundle: boolean;
}

/** Longer ones are not read. */
export const MAX_FACTS_BYTES = 16 * 1024;

const SIGNATURE = "bot-bottle-work 1";
const LINE = /^([a-z-]+) (.*)$/;
const LEFT_OUT: ReadonlyMap<string, LeftOut> = new Map(
  (["none", "some", "too-big", "failed"] as const).map((word) => [word, word]),
);

/** Why there is no work to be had, by the script's word. */
const STATES: ReadonlyMap<string, readonly [why: string, hint: string]> = new Map([
  ["no-git", ["the guest has no git", "Use an image with git in it"]],
  ["no-folder", [
    "the workspace's folder is gone",
    "The agent has removed or moved it: `bot-bottle exec` looks for it, `bot-bottle cp` brings it out",
  ]],
  ["no-repository", [
    "the workspace is no git repository any more",
    "The agent has removed or replaced its .git: `bot-bottle cp` brings the files out",
  ]],
  ["no-commit", [
    "HEAD leads to no commit",
    "The agent has damaged or emptied the repository: `bot-bottle cp` brings the files out",
  ]],
  ["no-space", [
    "the guest could not write next to the repository",
    "Make room in the bottle with `bot-bottle exec`, then try again",
  ]],
]);

/**
 * Parses the lines before the bundle.
 *
 * @throws {BottleError} `work-unreadable` for anything but what `collect.sh` prints; `work-missing` where there is no repository
 */
export function parseWorkHeader(text: string): WorkHeader {
  const [signature, ...lines] = text.split("\n");
  if (signature !== SIGNATURE) throw unreadable();
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = LINE.exec(line) ?? [];
    if (key === undefined || value === undefined || fields.has(key)) throw unreadable();
    fields.set(key, value);
  }
  const state = fields.get("state");
  const missing = state === undefined ? undefined : STATES.get(state);
  if (missing !== undefined) {
    const [why, hint] = missing;
    throw new BottleError(`The agent's work can't be had: ${why}`, { code: "work-missing", hint });
  }
  const leftOut = LEFT_OUT.get(fields.get("left-out") ?? "");
  const head = fields.get("head") ?? "";
  const bundle = fields.get("bundle");
  const isWhole = state === "ok" && fields.size === 7 && (bundle === "yes" || bundle === "no");
  if (!isWhole || !isOid(head) || leftOut === undefined) throw unreadable();
  return {
    hasBundle: bundle === "yes",
    facts: {
      head,
      leftOut,
      branch: shownBranch(fields.get("branch") ?? ""),
      uncommitted: optionalOid(fields.get("uncommitted") ?? ""),
      elsewhere: count(fields.get("elsewhere") ?? ""),
    },
  };
}

/** Names with anything else in them are possible in git; nobody needs to be shown them. */
const PLAIN_BRANCH = /^refs\/heads\/([\w./@+-]{1,200})$/;

function shownBranch(ref: string): string | null {
  return PLAIN_BRANCH.exec(ref)?.[1] ?? null;
}

function optionalOid(text: string): Oid | null {
  if (text === "") return null;
  if (isOid(text)) return text;
  throw unreadable();
}

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw unreadable();
}

function unreadable(): BottleError {
  return new BottleError("The bottle did not say how the agent's work stands", {
    code: "work-unreadable",
    hint: "Look at the repository in the bottle, with `bot-bottle exec`",
  });
}
