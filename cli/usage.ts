/** Mistakes on the command line, as errors of ours. */

import { CommanderError } from "../lib/deps/commander.ts";
import { BottleError, ExitCode } from "../lib/errors.ts";

/** Help or a version was printed: the end of a command line that was fine. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code.startsWith("commander.help");
}

/** The parser's complaint as a {@linkcode BottleError} of code `usage`; undefined if the error isn't the parser's. */
export function usageError(error: unknown, verb: string | undefined): BottleError | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  const [complaint = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const message = complaint.replaceAll("'", '"').replace(/[.]$/, "");
  const near = suggestion?.replace(/^\((.*)\)$/, "$1");
  return new BottleError(message.charAt(0).toUpperCase() + message.slice(1), {
    code: "usage",
    exitCode: ExitCode.usage,
    hint: near ?? `See \`bot-bottle ${verb === undefined ? "" : `${verb} `}--help\``,
  });
}

/** A command line that parses and still can't be carried out. */
export function badUsage(message: string, hint: string): BottleError {
  return new BottleError(message, { code: "usage", exitCode: ExitCode.usage, hint });
}
