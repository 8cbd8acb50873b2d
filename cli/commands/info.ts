/** `info` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import type { BottleError } from "../../lib/errors.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";
import type { Info } from "../session/info.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("info")
    .description(
      "Show what starting an agent would do, and the Dockerfile chosen; of a bottle, also what the engine really holds it to. With --effective: each value that counts, and where it is written.",
    )
    .argument("<name>", "an agent, the slug of a bottle, or a preset")
    .option("--effective", "every value, with the file, line and column that it comes from")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle info reviewer", "its plan"],
        ["bot-bottle info reviewer --effective", "each value, and where it is written"],
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
        if (options.json) await printJson(services, info);
        else await printText(services, info, options.effective ?? false);
        return 0;
      })
    );
}

function problemText({ message, hint }: BottleError): string {
  const lines = [
    `! It can't be started now: ${message}`,
    ...hint === undefined ? [] : [`  ${hint}`],
  ];
  return lines.map((line) => `${escapeControl(line)}\n`).join("");
}

async function showPreset({ context }: Services, name: string, json: boolean): Promise<number> {
  const { describePreset } = await import("../session/preset.ts");
  const preset = describePreset(name);
  context.out.stdout(json ? `${JSON.stringify({ preset }, null, 2)}\n` : preset.text);
  return 0;
}

async function printJson({ context }: Services, info: Info): Promise<void> {
  const { planToJson } = await import("../../lib/plan/plan_json.ts");
  const { plan, values, problem, held, routes } = info;
  const shown = {
    plan: plan === null ? null : planToJson(plan.fields),
    effective: values,
    in_force: held === null ? null : {
      runtime: held.runtime,
      cpus: held.limits.cpus,
      memory_bytes: held.limits.memoryBytes,
      memory_swap_bytes: held.limits.memorySwapBytes,
      pids: held.limits.pids,
      dropped: held.dropped,
    },
    problem: problem === null ? null : {
      code: problem.code,
      message: problem.message,
      hint: problem.hint ?? null,
    },
    routes_in_force: routes,
  };
  context.out.stdout(`${JSON.stringify(shown, null, 2)}\n`);
}

async function printText({ context }: Services, info: Info, effective: boolean): Promise<void> {
  const { preflightText } = await import("../ui/preflight.ts");
  const { effectiveLines, heldLines } = await import("../ui/info.ts");
  const { out } = context;
  const { plan, problem, values, held, routes } = info;
  if (problem !== null) out.stderr(problemText(problem));
  // Where there is no plan to show, what the files say is what there is.
  if (effective || plan === null) {
    for (const line of effectiveLines(values)) out.stdout(`${line}\n`);
    return;
  }
  out.stdout(preflightText(plan, out));
  for (const line of held === null ? [] : heldLines(held)) out.stdout(`${line}\n`);
  if (routes === null) return;
  const { routeLines } = await import("../ui/route_table.ts");
  out.stdout(`\nRoutes in force, revision ${routes.revision}\n`);
  for (const line of routeLines(routes.routes)) out.stdout(`${line}\n`);
}
