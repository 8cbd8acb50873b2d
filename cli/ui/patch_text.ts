/** A patch on a terminal: coloured by us, and nothing of the agent's reaches the terminal but visible characters. */

import { escapeControl } from "../../lib/egress/escape.ts";
import { LineSplitter } from "../../lib/process/line_splitter.ts";
import { type DiffLineKind, DiffLines } from "../../lib/workspace/diff_lines.ts";
import { type Style, styleOf } from "./style.ts";

/** Prints a patch, or other lines of the agent's, as it comes. */
export async function printEscaped(
  chunks: AsyncIterable<Uint8Array>,
  out: { readonly useColor: boolean; stdout(text: string): void },
  kind: "patch" | "text",
): Promise<void> {
  const style = styleOf(out);
  const lines = new DiffLines();
  const splitter = new LineSplitter((line) => {
    const shown = escapeLine(line);
    out.stdout(`${kind === "text" ? shown : coloured(shown, lines.kindOf(line), style)}\n`);
  });
  for await (const chunk of chunks) splitter.push(chunk);
  splitter.end();
}

/** Everything but tabs. */
function escapeLine(line: string): string {
  return line.split("\t").map(escapeControl).join("\t");
}

function coloured(text: string, kind: DiffLineKind, style: Style): string {
  switch (kind) {
    case "header":
      return style.bold(text);
    case "hunk":
      return style.dim(text);
    case "added":
      return style.green(text);
    case "removed":
      return style.red(text);
    case "plain":
      return text;
    default:
      return kind satisfies never;
  }
}
