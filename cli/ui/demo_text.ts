/** The demo, told. */

import { escapeControl } from "../../lib/egress/escape.ts";
import type { Services } from "../command.ts";
import type { DemoAudience, StepReport } from "../demo/demo.ts";
import { isOfSelfTest } from "../../lib/egress/audit/self_test_row.ts";
import { auditLines } from "./audit_table.ts";
import { styleOf } from "./style.ts";

/** Lines of a command's output that are shown. */
const SHOWN_LINES = 12;
/** Columns of an explanation. */
const WIDTH = 74;

/** Writes to stdout; with `--quiet` only what went wrong. */
export function tellDemo(services: Services): DemoAudience & { onEnd(failed: number): void } {
  const { out } = services.context;
  const style = styleOf(out);
  const { quiet } = services.settings;
  const say = (line: string): void => out.stdout(`${line}\n`);
  return {
    onPlan: (plan) => {
      if (quiet) return;
      say(
        style.bold(
          "\nA bottle with two routes, a repository, and credentials that only its sidecar gets",
        ),
      );
      for (const { host, auth } of plan.egress.routes) {
        say(`  ${host}${auth === undefined ? "" : `  [auth: ${auth.scheme}]`}`);
      }
      for (const { url, key } of plan.gitGate.repos) say(`  ${url}  [key: ${key.provider}]`);
      say("");
    },
    onStep: (report, number) => {
      if (quiet && report.problem === undefined) return;
      say(style.bold(`\n${number}. ${report.step.title}`));
      for (const line of report.step.script.split("\n")) say(style.dim(`   $ ${line}`));
      for (const line of shownOutput(report)) say(`   ${escapeControl(line)}`);
      say(
        report.problem === undefined
          ? `   ${style.green("✓")} ${wrap(report.step.explanation).join("\n     ")}`
          : `   ${style.red("✗")} ${report.problem}`,
      );
    },
    onAudit: (rows) => {
      if (quiet) return;
      say(style.bold("\nThe audit, which the agent can't touch"));
      const width = out.isTerminal.stdout ? out.columns() : Infinity;
      const shown = rows.filter(({ row }) => !isOfSelfTest(row));
      for (const line of auditLines(shown, { useColor: out.useColor, width })) say(line);
    },
    onEnd: (failed) => {
      if (failed > 0) say(style.red(`\n${failed} of the steps did not go as told`));
      else if (!quiet) say("\nEverything is removed again. Your own: `bot-bottle init`");
    },
  };
}

/** Long output, as of the environment, would hide the point. */
function shownOutput({ output }: StepReport): readonly string[] {
  const lines = output.split(/\r?\n/).map((line) => line.trimEnd()).filter((line) => line !== "");
  if (lines.length <= SHOWN_LINES) return lines;
  return [`(${lines.length} lines)`];
}

/** Lines of whole words, for an indented paragraph in 80 columns. */
function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
