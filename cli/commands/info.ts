/** `info` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";
import type { Info } from "../session/info.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("info")
    .description(
      "Show what starting an agent would do, each effective value with the file it comes from, and the Dockerfile chosen.",
    )
    .argument("<name>", "an agent, the slug of a bottle, or a preset")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle info reviewer", "its plan and where each value is written"],
        ["bot-bottle info reviewer-4k2pz --json", "of a bottle that exists"],
        ["bot-bottle info builtin/npm", "a preset as it is written, to read or to copy"],
      ]),
    )
    .action((name, options) =>
      act(async (services) => {
        if (name.startsWith("builtin/")) {
          return await showPreset(services, name, options.json ?? false);
        }
        const { describe } = await import("../session/info.ts");
        const info = await describe(services, name);
        await (options.json ? printJson(services, info) : printText(services, info));
        return 0;
      })
    );
}

async function showPreset({ context }: Services, name: string, json: boolean): Promise<number> {
  const { describePreset } = await import("../session/preset.ts");
  const preset = describePreset(name);
  context.out.stdout(json ? `${JSON.stringify({ preset }, null, 2)}\n` : preset.text);
  return 0;
}

async function printJson({ context }: Services, { plan, values, problem }: Info): Promise<void> {
  const { planToJson } = await import("../../lib/plan/plan_json.ts");
  const shown = {
    plan: plan === null ? null : planToJson(plan.fields),
    effective: values,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
  };
  context.out.stdout(`${JSON.stringify(shown, null, 2)}\n`);
}

async function printText({ context }: Services, { plan, values, problem }: Info): Promise<void> {
  const { preflightText } = await import("../ui/preflight.ts");
  const { tableLines } = await import("../ui/table.ts");
  const { out } = context;
  if (plan !== null) out.stdout(`${preflightText(plan, out)}\n`);
  if (problem !== null) out.stderr(`! It can't be started now: ${problem.message}\n`);
  const lines = tableLines(
    [
      { title: "KEY", text: (row) => row.key },
      { title: "VALUE", text: (row) => row.value },
      { title: "FROM", text: (row) => row.from },
    ],
    values,
    Infinity,
  );
  for (const line of lines) out.stdout(`${line}\n`);
}
