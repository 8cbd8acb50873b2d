/** The command line: the program, its global options, and the one verb that is wanted. */

import { Command } from "../lib/deps/commander.ts";
import type { CommandUnknownOpts } from "../lib/deps/commander.ts";
import type { Act } from "./command.ts";
import { globalOptions, overview } from "./overview.ts";
import { verbs } from "./verbs.ts";

/** Where help goes. */
export interface HelpOutput {
  stdout(text: string): void;
  columns(): number;
}

/**
 * Builds the program for these arguments. Only the verb they name is loaded; of the others `--help` shows the table's line.
 *
 * @param args without the program's own name
 */
export async function buildProgram(
  args: readonly string[],
  act: Act,
  out: HelpOutput,
): Promise<CommandUnknownOpts> {
  const program = new Command("bot-bottle")
    .usage("<command> [options]")
    .helpCommand("help [command]", "Show help for a command");
  program.helpInformation = overview;
  for (const [flags, purpose] of globalOptions) program.option(flags, purpose);
  settle(program, out);

  const wanted = wantedVerb(args);
  for (const verb of verbs) {
    if (verb.name !== wanted) {
      program.command(`${verb.name} ${verb.arguments}`.trim()).description(verb.summary);
      continue;
    }
    const command = (await verb.load()).define(act).summary(verb.summary);
    settle(command, out);
    program.addCommand(command);
  }
  return program;
}

/** Errors come back as exceptions, and nothing is printed but by the caller. */
function settle(command: CommandUnknownOpts, out: HelpOutput): void {
  command
    .exitOverride()
    .helpOption("-h, --help", "show help")
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(out.columns(), 100) })
    .configureOutput({
      writeOut: (text) => out.stdout(text),
      writeErr: (text) => out.stdout(text),
      outputError: () => undefined,
    });
  for (const below of command.commands) settle(below, out);
}

function wantedVerb(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith("-"));
  return first === "help" ? second : first;
}
