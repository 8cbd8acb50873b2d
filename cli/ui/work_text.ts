/** What is told of the agent's work beside the work itself. All text of the agent's is escaped. */

import type { Services } from "../command.ts";
import type { Finding } from "../../lib/workspace/findings.ts";
import type { RiskyFile } from "../../lib/workspace/risky_files.ts";
import type { WorkFacts } from "../../lib/workspace/work_facts.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { roughDuration } from "./duration.ts";
import type { OpenedWork } from "../session/work_out.ts";

/** Lines of one kind that are shown; the rest is counted. */
const SHOWN = 20;

/** What a person should know before they take the work for whole. */
export function noteLines(
  { slug, work, quarantine, isArchived }: OpenedWork,
  now: Date,
): readonly string[] {
  const { facts, collectedAt } = work;
  const age = collectedAt === null
    ? null
    : roughDuration(Math.max(0, now.getTime() - Date.parse(collectedAt)));
  return [
    ...(age === null
      ? []
      : [`! As it was saved ${age} ago${isArchived ? ", before the bottle was removed" : ""}`]),
    ...(quarantine.isRelated
      ? []
      : ["! Its history has no commit in common with the one that the agent began with"]),
    ...leftOutLines(facts, slug),
  ];
}

/** What stays in the bottle. */
export function leftOutLines(
  { leftOut, elsewhere }: Pick<WorkFacts, "leftOut" | "elsewhere">,
  slug: string,
): readonly string[] {
  const lines: string[] = [];
  switch (leftOut) {
    case "none":
      break;
    case "some":
      lines.push(
        "! Some uncommitted files could not be read by the guest's git, and are missing here",
      );
      break;
    case "too-big":
      lines.push(
        `! The uncommitted files are too many or too big, and are missing here: \`bot-bottle cp\` brings them`,
      );
      break;
    case "failed":
      lines.push(
        `! The guest's git could not take the uncommitted files together: \`bot-bottle cp\` brings them`,
      );
      break;
    default:
      leftOut satisfies never;
  }
  if (elsewhere > 0) {
    const commits = elsewhere === 1 ? "1 commit is" : `${elsewhere} commits are`;
    lines.push(
      `! ${commits} on other branches or in the stash, and stay in the bottle: check one out with \`bot-bottle exec ${slug} -- git switch …\``,
    );
  }
  return lines;
}

/** A line for each finding. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  return shortened(findings.map(({ kind, path, why }) => {
    const accept = kind === "unsafe" ? "never fetched" : `--accept ${kind}`;
    return `! "${escapeControl(path)}" ${escapeControl(why)} (${accept})`;
  }));
}

/** A line for each file worth a look. */
export function warningLines(warnings: readonly RiskyFile[]): readonly string[] {
  return shortened(
    warnings.map(({ path, why }) => `! Look at "${escapeControl(path)}": ${why}`),
  );
}

/** Says lines on stderr, unless quiet. */
export function tell({ context, settings }: Services, lines: readonly string[]): void {
  if (settings.quiet) return;
  for (const line of lines) context.out.stderr(`${line}\n`);
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN) return lines;
  return [...lines.slice(0, SHOWN), `! … and ${lines.length - SHOWN} more`];
}
