/** Questions to the person. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import type { Services } from "../command.ts";
import { styleOf } from "./style.ts";

/** What a question needs of an action's services. */
export type Asking = Pick<Services, "context" | "readLine">;

/**
 * Asks for a yes; anything else is a no, an empty line too.
 *
 * @param flag what to pass instead where nobody can answer: `--yes`
 * @throws {BottleError} `no-terminal`
 */
export async function confirm(asking: Asking, question: string, flag: string): Promise<boolean> {
  const answer = await ask(asking, `${question} [y/N] `, `Pass ${flag}`);
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a line of text; an empty one is `fallback`, where there is one. @throws {BottleError} `no-terminal` */
export async function askText(
  asking: Asking,
  question: string,
  options: { readonly fallback?: string; readonly insteadHint: string },
): Promise<string> {
  const shown = options.fallback === undefined ? "" : ` (${escapeControl(options.fallback)})`;
  const answer = (await ask(asking, `${question}${shown}: `, options.insteadHint)).trim();
  return answer === "" ? options.fallback ?? "" : answer;
}

async function ask(asking: Asking, question: string, hint: string): Promise<string> {
  const { out, signal } = asking.context;
  if (!out.isTerminal.stdin) {
    throw new BottleError(`Cannot ask "${question.trim()}": stdin is not a terminal`, {
      code: "no-terminal",
      exitCode: ExitCode.usage,
      hint,
    });
  }
  out.stderr(styleOf(out).bold(escapeControl(question)));
  let answer: string | null = null;
  try {
    answer = await asking.readLine(signal);
  } finally {
    if (answer === null) out.stderr("\n");
  }
  return answer ?? "";
}
