/** What `start`, `run` and `resume` print at their end. */

import { ExitCode } from "../../lib/errors.ts";
import { planToJson } from "../../lib/plan/plan_json.ts";
import type { Services } from "../command.ts";
import type { Ending } from "../session/end.ts";
import type { Started } from "../session/start.ts";
import { preflightText } from "./preflight.ts";
import { stayingKeyLine } from "./staying_keys.ts";
import { workLines } from "./work_end.ts";

/** Prints and returns the exit code. */
export function printStarted(services: Services, started: Started, json: boolean): number {
  const { out } = services.context;
  switch (started.kind) {
    case "planned":
      out.stdout(
        json
          ? `${JSON.stringify(planToJson(started.plan.fields), null, 2)}\n`
          : preflightText(started.plan, out),
      );
      return ExitCode.ok;
    case "declined":
      out.stderr("Nothing was started\n");
      return ExitCode.failed;
    case "detached": {
      const { slug } = started;
      out.stdout(json ? `${JSON.stringify({ slug, state: "running" })}\n` : `${slug}\n`);
      if (!services.settings.quiet) {
        out.stderr(
          `It runs. Attach with \`bot-bottle attach ${slug}\`, end it with \`bot-bottle stop ${slug}\`\n`,
        );
      }
      return ExitCode.ok;
    }
    case "ended":
      if (json) out.stdout(`${JSON.stringify(started.ending.summary)}\n`);
      tellEnding(services, started.ending);
      return started.ending.summary.exit_code;
    default:
      return started satisfies never;
  }
}

/** `run`'s end: the summary as the last line of stdout, if wanted. */
export function printRunEnd(services: Services, ending: Ending, json: boolean): number {
  return printStarted(services, { kind: "ended", ending }, json);
}

/** Says what was kept and how to go on. A kept bottle is told of even with `--quiet`: it takes space until somebody acts. */
function tellEnding(services: Services, ending: Ending): void {
  const { out } = services.context;
  const { slug } = ending.summary;
  if (ending.summary.exit_code === ExitCode.timeout && ending.summary.by === "bot-bottle") {
    out.stderr("The time was up: the agent was ended\n");
  }
  if (ending.transcriptProblem !== null) {
    out.stderr(
      `The transcript could not be saved: ${ending.transcriptProblem}. It stays with the bottle\n`,
    );
  }
  if (ending.auditProblem !== null) {
    out.stderr(`The audit could not be saved: ${ending.auditProblem}. It stays with the bottle\n`);
  }
  for (const line of ending.work === null ? [] : workLines(slug, ending.work)) {
    out.stderr(`${line}\n`);
  }
  const retry = ending.isKept ? `bot-bottle stop ${slug}` : "bot-bottle cleanup";
  for (const key of ending.stayingKeys) out.stderr(`${stayingKeyLine(key, retry)}\n`);
  if (ending.isKept) {
    out.stderr(
      `The bottle "${slug}" is kept. Continue with \`bot-bottle resume ${slug}\`, remove it with \`bot-bottle cleanup ${slug}\`\n`,
    );
  } else if (!services.settings.quiet) {
    out.stderr(`The bottle "${slug}" is gone; its audit: \`bot-bottle audit ${slug}\`\n`);
  }
}
