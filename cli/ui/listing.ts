/** The tables of `list`. */

import type { Output } from "../../lib/context.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { sizeText } from "../../lib/size_text.ts";
import type { AgentEntry, BottleEntry } from "../../lib/manifest/index.ts";
import type { PresetEntry } from "../../lib/manifest/presets.ts";
import type { ListedBottle, Listing } from "../session/list.ts";
import { roughDuration } from "./duration.ts";
import { type Style, styleOf } from "./style.ts";
import { type Column, tableLines } from "./table.ts";

/** Bottles that run or are kept. */
export function bottleLines(listing: Listing, out: Output, now: Date): string[] {
  const style = styleOf(out);
  const columns: readonly Column<ListedBottle>[] = [
    { title: "SLUG", text: (row) => row.slug },
    { title: "AGENT", text: (row) => row.agent ?? "?" },
    { title: "LABEL", text: (row) => row.label ?? "" },
    { title: "STATE", text: (row) => row.state, tone: (cell, row) => toned(cell, row, style) },
    { title: "AGE", text: (row) => ageOf(row, now), align: "right" },
    { title: "MEMORY", text: memoryText, align: "right" },
    { title: "REQUESTS", text: (row) => countText(row.requests), align: "right" },
    { title: "BLOCKED", text: (row) => countText(row.blocked), align: "right" },
    { title: "WHY", text: (row) => row.why ?? "" },
  ];
  const used = columns.filter((column) =>
    (column.title !== "LABEL" && column.title !== "WHY") ||
    listing.bottles.some((row) => column.text(row) !== "")
  );
  return tableLines(used, listing.bottles, widthOf(out));
}

/** A line for each state that can't be read. */
export function corruptedLines(listing: Listing): string[] {
  return listing.corrupted.map(({ name, why }) =>
    `! Skipped "${escapeControl(name)}": ${escapeControl(why)}; \`bot-bottle cleanup\` removes it`
  );
}

/** A line for each deploy key that should be gone. */
export function pendingKeyLines(listing: Listing): string[] {
  return listing.pending_deploy_keys.map(({ title, repository, api }) =>
    `! The deploy key "${title}" of "${escapeControl(repository)}" at "${
      escapeControl(api)
    }" is still there; \`bot-bottle cleanup\` removes it`
  );
}

/** Agents, each with the file that won. */
export function agentLines(agents: readonly AgentEntry[], out: Output): string[] {
  if (agents.length === 0) return [];
  return tableLines<AgentEntry>(
    [
      { title: "AGENT", text: (agent) => agent.name },
      { title: "FROM", text: (agent) => agent.origin },
      {
        title: "FILE",
        text: (agent) =>
          agent.shadows === undefined ? agent.file : `${agent.file} (hides ${agent.shadows})`,
      },
    ],
    agents,
    widthOf(out),
  );
}

/** Bottles' manifests, and the presets that they can extend. */
export function manifestLines(
  bottles: readonly BottleEntry[],
  presets: readonly PresetEntry[],
  out: Output,
): string[] {
  const rows = [
    ...bottles,
    ...presets.map(({ name, summary }) => ({ name, file: `(preset) ${summary}` })),
  ];
  return tableLines<BottleEntry>(
    [
      { title: "BOTTLE", text: (row) => row.name },
      { title: "FILE", text: (row) => row.file },
    ],
    rows,
    widthOf(out),
  );
}

function widthOf(out: Output): number {
  return out.isTerminal.stdout ? out.columns() : Infinity;
}

function toned(cell: string, { state }: ListedBottle, style: Style): string {
  switch (state) {
    case "running":
      return style.green(cell);
    case "shut":
    case "broken":
      return style.red(cell);
    case "stopped":
      return style.dim(cell);
    default:
      return state satisfies never;
  }
}

function ageOf(row: ListedBottle, now: Date): string {
  return row.created_at === null
    ? "-"
    : roughDuration(Math.max(0, now.getTime() - Date.parse(row.created_at)));
}

/** Of both containers; half of it would be taken for the whole. */
function memoryText({ memory_bytes: { agent, bundle } }: ListedBottle): string {
  return agent === null || bundle === null ? "-" : sizeText(agent + bundle);
}

function countText(count: number | null): string {
  return count === null ? "-" : `${count}`;
}
