/** Errors as a person, or a program, gets them. */

import { BottleError } from "../../lib/errors.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { formatPlace } from "../../lib/manifest/problem.ts";
import { jsonText } from "./json_text.ts";
import { styleOf } from "./style.ts";

/** How to show it. */
export interface ErrorView {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly useColor: boolean;
}

/** An error's text for stderr, with its line end. */
export function renderError(error: BottleError, view: ErrorView): string {
  return view.json ? jsonText(errorJson(error)) : errorText(error, view);
}

/** Whatever is not a {@linkcode BottleError} is a bug, and says so. */
export function asBottleError(error: unknown): BottleError {
  if (error instanceof BottleError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BottleError(`Unexpected: ${message}`, {
    code: "bug",
    hint: "This is a bug in bot-bottle: please report it with the output of --verbose",
    cause: error,
  });
}

function errorJson(error: BottleError): unknown {
  return {
    error: {
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      file: error.place?.file ?? null,
      line: error.place?.line ?? null,
      column: error.place?.column ?? null,
      ...(error.details.length === 0 ? {} : { details: error.details }),
    },
  };
}

function errorText(error: BottleError, view: ErrorView): string {
  if (error.code === "interrupted") return `${error.message}\n`;
  const style = styleOf(view);
  const lines = [`${style.red(style.bold("error:"))} ${escapeControl(error.message)}`];
  if (error.place !== undefined) {
    lines.push(style.dim(`  at ${escapeControl(formatPlace(error.place))}`));
  }
  for (const detail of error.details) lines.push(`  ${escapeControl(detail)}`);
  if (error.hint !== undefined) lines.push(`${style.bold("hint:")} ${escapeControl(error.hint)}`);
  const stack = error.cause instanceof Error ? error.cause.stack : undefined;
  if (view.verbose && stack !== undefined) {
    lines.push(...stack.split("\n").map((line) => style.dim(`  ${escapeControl(line)}`)));
  }
  return `${lines.join("\n")}\n`;
}
