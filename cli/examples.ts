/** The examples below a command's help. */

/** Text for `addHelpText("after", …)`: a command line and what it is for, each. */
export function examples(lines: readonly (readonly [line: string, purpose: string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  const rows = lines.map(([line, purpose]) => `  $ ${line.padEnd(width)}  ${purpose}`.trimEnd());
  return `\nExamples:\n${rows.join("\n")}`;
}
