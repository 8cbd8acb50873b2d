/** `.dockerignore`: which files of a folder are no part of a build's context, by the rules of Docker's client. */

interface Rule {
  readonly pattern: RegExp;
  /** `!`: what it matches is taken all the same. */
  readonly isException: boolean;
}

/** Tells what is left out. */
export interface IgnoreRules {
  /** Whether a path, relative with `/` between the parts, is left out. */
  ignores(path: string): boolean;
  /** Whether something below a folder that is left out may be taken all the same. */
  readonly hasExceptions: boolean;
}

/**
 * Reads the file's text: a pattern a line, `#` comments, `!` exceptions, `*`, `?`, `[…]` within a part of a path, `**`
 * for any number of parts. The last pattern that matches a path, or a folder above it, decides.
 *
 * @example
 * ```ts
 * import { parseIgnore } from "./ignore.ts";
 * const rules = parseIgnore("node_modules\n*.log\n!keep.log\n");
 * if (!rules.ignores("node_modules/x/y.js") || rules.ignores("keep.log")) throw new Error();
 * ```
 */
export function parseIgnore(text: string): IgnoreRules {
  const rules = text.replace(/^\ufeff/, "").split(/\r?\n/).flatMap((line) => parseRule(line));
  return {
    hasExceptions: rules.some(({ isException }) => isException),
    ignores: (path) => {
      const parts = path.split("/");
      const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
      const last = rules.findLast(({ pattern }) => above.some((each) => pattern.test(each)));
      return last !== undefined && !last.isException;
    },
  };
}

function parseRule(line: string): readonly Rule[] {
  if (line.startsWith("#")) return [];
  const trimmed = line.trim();
  const isException = trimmed.startsWith("!");
  const parts = trimmed.slice(isException ? 1 : 0).trim().split("/").reduce(
    (kept: readonly string[], part) => {
      if (part === "" || part === ".") return kept;
      return part === ".." ? kept.slice(0, -1) : [...kept, part];
    },
    [],
  );
  if (parts.length === 0) return [];
  return [{ pattern: new RegExp(`^${partsPattern(parts)}$`, "s"), isException }];
}

function partsPattern(parts: readonly string[]): string {
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === "**") return isLast ? ".*" : "(?:.*/)?";
    return `${partPattern(part)}${isLast ? "" : "/"}`;
  }).join("");
}

/** One part of a path: `*` and `?` stay inside of it. */
function partPattern(part: string): string {
  let pattern = "";
  for (let at = 0; at < part.length; at++) {
    const character = part.charAt(at);
    const close = character === "[" ? part.indexOf("]", at + 2) : -1;
    if (character === "*") {
      const isDouble = part.charAt(at + 1) === "*";
      pattern += isDouble ? ".*" : "[^/]*";
      if (isDouble) at++;
    } else if (character === "?") {
      pattern += "[^/]";
    } else if (close !== -1) {
      pattern += classPattern(part.slice(at + 1, close));
      at = close;
    } else if (character === "\\" && at + 1 < part.length) {
      at++;
      pattern += literal(part.charAt(at));
    } else {
      pattern += literal(character);
    }
  }
  return pattern;
}

function classPattern(inside: string): string {
  const isNegated = inside.startsWith("^");
  const body = inside.slice(isNegated ? 1 : 0).replace(/[\\\][^]/g, "\\$&");
  return `[${isNegated ? "^" : ""}${body}]`;
}

function literal(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
}
