/** The preflight screen: what will run, before anything does. */

import type { BottlePlan } from "../../lib/plan/plan.ts";
import { preflightLines, type Tone } from "../../lib/plan/preflight.ts";
import { type Style, styleOf } from "./style.ts";

/** The screen's text, with its line end. */
export function preflightText(plan: BottlePlan, out: { readonly useColor: boolean }): string {
  const style = styleOf(out);
  return preflightLines(plan).map(({ text, tone }) => `${colored(text, tone, style)}\n`).join("");
}

function colored(text: string, tone: Tone, style: Style): string {
  switch (tone) {
    case "heading":
      return style.bold(text);
    case "danger":
      return style.red(text);
    case "warning":
      return style.yellow(text);
    case "muted":
      return style.dim(text);
    case "plain":
      return text;
    default:
      return tone satisfies never;
  }
}
