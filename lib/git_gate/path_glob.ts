/** Globs over the paths of a repository. */

/**
 * Makes what tells whether a path fits a glob. `**` for a whole segment stands for any folders, none among them, and at the end
 * for all that is below; `*` for any characters of a segment, `?` for one. Letter case does not count: on some machines
 * the two are the same file. Where the glob names a folder, something else in that folder's place fits too: a link there
 * changes all that is below.
 *
 * @example
 * ```ts
 * import { compilePathGlob } from "./path_glob.ts";
 * const fits = compilePathGlob(".github/workflows/**");
 * if (!fits(".github/workflows/a/ci.yml") || !fits(".github") || fits("a/.github/workflows/b")) throw new Error("wrong");
 * ```
 */
export function compilePathGlob(glob: string): (path: string) => boolean {
  const pattern = glob.toLowerCase().split("/");
  return (path) => fits(pattern, path.toLowerCase().split("/"));
}

/** One row of the table of which beginnings fit which: time and space are bounded by the product of both lengths. */
function fits(pattern: readonly string[], path: readonly string[]): boolean {
  const last = pattern.length - 1;
  let reached = new Set([0]);
  for (const segment of path) {
    const next = new Set<number>();
    for (const at of withSkips(pattern, reached)) {
      const part = pattern[at];
      if (part === "**") {
        next.add(at);
        if (at === last) next.add(pattern.length);
      } else if (part !== undefined && fitsSegment(part, segment)) next.add(at + 1);
    }
    reached = next;
  }
  const isInFolder = pattern[last] === "**" && /[^*?]/.test(pattern[last - 1] ?? "");
  return isInFolder && reached.has(last) || withSkips(pattern, reached).has(pattern.length) ||
    isAFolderOf(pattern, path);
}

/** `**` may stand for no folder, but at the end it stands for something. */
function withSkips(pattern: readonly string[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  for (const at of all) if (pattern[at] === "**" && at < pattern.length - 1) all.add(at + 1);
  return all;
}

/** Whether the path is a folder that the glob names by its letters. */
function isAFolderOf(pattern: readonly string[], path: readonly string[]): boolean {
  return path.length < pattern.length &&
    path.every((segment, at) => pattern[at] === segment && !/[*?]/.test(segment));
}

/** Linear but for the last star, to which it goes back. */
function fitsSegment(pattern: string, segment: string): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let read = 0; read < segment.length;) {
    if (pattern[at] === "*") {
      star = at++;
      taken = read;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === segment[read])) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++taken;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
