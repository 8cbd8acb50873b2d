/** What is said of the agent's work when its bottle stops or goes. */

import type { BottleState } from "../../lib/state/state.ts";
import { isSafelyHome } from "../../lib/workspace/saved_work.ts";
import type { SavedWork } from "../session/save_work.ts";
import { leftOutLines } from "./work_text.ts";

/** How to get the work; nothing where there is none that isn't fetched. */
export function workLines(slug: string, saved: SavedWork): readonly string[] {
  const { state: { workspace }, problem, isSafe } = saved;
  if (workspace === null || isSafe) return [];
  if (problem !== null) {
    return [
      `The agent's work could not be saved: ${problem}. It stays in the bottle`,
    ];
  }
  if (workspace.work === null) return [];
  const { head, uncommitted, elsewhere, left_out: leftOut } = workspace.work;
  const isFetched = head === workspace.base || head === workspace.fetched;
  return [
    ...(isFetched ? [] : [
      `Its commits: see them with \`bot-bottle diff ${slug}\`, take them with \`bot-bottle fetch ${slug}\``,
    ]),
    ...(uncommitted === null
      ? []
      : [`What it has not committed: \`bot-bottle diff ${slug} --uncommitted\``]),
    ...leftOutLines({ leftOut, elsewhere }, slug),
  ];
}

/** A word for `cleanup`'s list; empty where nothing would be lost. */
export function workNote({ workspace }: BottleState): string {
  if (workspace === null || isSafelyHome(workspace)) return "";
  const { work, base, fetched } = workspace;
  if (work === null) return "its work was never saved";
  if (work.head !== base && work.head !== fetched) return "its work was never fetched";
  return work.uncommitted === null && work.left_out === "none"
    ? "commits of other branches are only there"
    : "uncommitted work is only there";
}
