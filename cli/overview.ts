/**
 * The text of `bot-bottle --help`. Made without the parser: loading that takes longer than all the rest, and this is what a person
 * calls while thinking.
 */

import { verbs } from "./verbs.ts";

/** What each verb takes besides its own options. */
export const globalOptions = [
  ["--no-color", "plain text, as NO_COLOR does"],
  ["-q, --quiet", "results and failures only"],
  ["-v, --verbose", "all output of builds"],
] as const;

const EXAMPLES = [
  ["bot-bottle demo", "see it work, in a minute"],
  ["bot-bottle init", "write a first bottle and agent"],
  ["bot-bottle start reviewer", "see what will happen, say yes, work"],
  ['bot-bottle run reviewer --prompt "…"', "the same from a script"],
] as const;

/** Whether these arguments ask for the overview and nothing else. */
export function wantsOverview(args: readonly string[]): boolean {
  const rest = args.filter((arg) => !/^(--no-color|-q|--quiet|-v|--verbose)$/.test(arg));
  const [first] = rest;
  return first === undefined || (rest.length === 1 && /^(help|-h|--help)$/.test(first));
}

/** The text, with its line end; narrow enough for 80 columns. */
export function overview(): string {
  const commands = verbs.map(({ name, arguments: taken, summary }) =>
    [`${name} ${taken}`.trim(), summary] as const
  );
  return `Usage: bot-bottle <command> [options]

Run coding agents in bottles: containers without a secret or a way out

Commands:
${rows([...commands, ["help [command]", "Show help, with examples, for a command"]])}

Options of every command:
${rows([...globalOptions, ["-h, --help", "show help"]])}

Examples:
${rows(EXAMPLES.map(([line, purpose]) => [`$ ${line}`, purpose]))}

Home: $BOT_BOTTLE_HOME, or ~/.bot-bottle
`;
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
