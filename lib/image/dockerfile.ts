/** What a Dockerfile's text says of its arguments and its base images. Nothing is run. */

import { isImageReference } from "./reference.ts";

const ARG = /^\s*ARG\s+(.*)$/i;
const FROM = /^\s*FROM\s+(?:--[a-z]+=\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i;
// A word of its own, as BuildKit has it: neither a shift (`1<<N`) nor a here-string (`<<<x`) begins one.
const HEREDOC = /^\s*(?:RUN|COPY|ADD)\s(?:.*\s)?\d*<<-?(["']?)([A-Za-z_][A-Za-z0-9_]*)\1(?:\s|$)/i;
const VARIABLE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Whether the text has an `ARG` of this name, and so takes a `--build-arg`.
 *
 * @example
 * ```ts
 * import { declaresArg } from "./dockerfile.ts";
 * if (!declaresArg("FROM x\nARG A B=2\n", "B")) throw new Error();
 * ```
 */
export function declaresArg(dockerfile: string, name: string): boolean {
  return instructions(dockerfile).some((line) => argsOf(line).some(([each]) => each === name));
}

/**
 * Names of the images that the build begins with, each once: no stages, no `scratch`. Variables are those that stand
 * before the first `FROM`; a name that one leaves open, or that is none, is left out.
 *
 * @param args `--build-arg`s
 */
export function baseImages(
  dockerfile: string,
  args: Readonly<Record<string, string>>,
): readonly string[] {
  const values = new Map<string, string>();
  const stages = new Set<string>(["scratch"]);
  const found = new Set<string>();
  let isBeforeStages = true;
  for (const line of instructions(dockerfile)) {
    if (isBeforeStages) {
      for (const [name, value] of argsOf(line)) {
        const given = Object.hasOwn(args, name) ? args[name] : value;
        if (given !== undefined) values.set(name, given);
      }
    }
    const [, written, stage] = FROM.exec(line) ?? [];
    if (written === undefined) continue;
    isBeforeStages = false;
    const image = substitute(written, values);
    if (image !== undefined && isImageReference(image) && !stages.has(image.toLowerCase())) {
      found.add(image);
    }
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return [...found];
}

/** Undefined if a variable has no value. */
function substitute(text: string, values: ReadonlyMap<string, string>): string | undefined {
  let isWhole = true;
  const filled = text.replace(
    VARIABLE,
    (
      _match,
      braced: string | undefined,
      fallback: string | undefined,
      plain: string | undefined,
    ) => {
      const value = values.get(braced ?? plain ?? "") || fallback;
      if (value === undefined || value === "") isWhole = false;
      return value ?? "";
    },
  );
  return isWhole ? filled : undefined;
}

/** Names and defaults of an `ARG` line. */
function argsOf(line: string): readonly (readonly [string, string | undefined])[] {
  const [, rest] = ARG.exec(line) ?? [];
  if (rest === undefined) return [];
  return (rest.match(/[A-Za-z_][A-Za-z0-9_]*(?:=(?:"[^"]*"|'[^']*'|[^\s"']*))?/g) ?? []).map(
    (pair) => {
      const at = pair.indexOf("=");
      if (at === -1) return [pair, undefined];
      return [pair.slice(0, at), pair.slice(at + 1).replace(/^(["'])(.*)\1$/, "$2")];
    },
  );
}

/** Lines with their continuations; comments and the bodies of here-documents left out. */
function instructions(dockerfile: string): readonly string[] {
  const lines: string[] = [];
  let open = "";
  let until: string | undefined;
  for (const line of dockerfile.split(/\r?\n/)) {
    if (until !== undefined) {
      if (line.trim() === until) until = undefined;
      continue;
    }
    if (/^\s*#/.test(line)) continue;
    const whole = open + line;
    if (/\\\s*$/.test(line)) {
      open = whole.replace(/\\\s*$/, " ");
      continue;
    }
    open = "";
    lines.push(whole);
    until = HEREDOC.exec(whole)?.[2];
  }
  if (open !== "") lines.push(open);
  return lines;
}
