/** Paths with stars: how `glob` paths of a route are compared. Linear in the path for each star of the pattern. */

/**
 * Whether a path in normal form fits a pattern, compared segment by segment and to the last one: `*` stands for any
 * characters of one segment, which is never empty where the star stands alone; `**`, alone in its segment, for any
 * number of whole segments, also none.
 *
 * @example
 * ```ts
 * import { matchGlob } from "./path_glob.ts";
 * if (!matchGlob("/*\/*\/info/refs", "/team/widget.git/info/refs")) throw new Error("expected a fit");
 * if (matchGlob("/*\/*\/info/refs", "/a/b/c/info/refs")) throw new Error("a star is one segment");
 * ```
 */
export function matchGlob(pattern: string, path: string): boolean {
  return matchList(pattern.split("/"), path.split("/"), "**", matchSegment);
}

/** Why a text with stars is no pattern; undefined if it is one. What holds for every path is not looked at. */
export function findGlobFault(pattern: string): string | undefined {
  if (!pattern.includes("*")) return "a glob holds a star; without one it is an exact path";
  const isLone = (segment: string): boolean => segment === "**" || !segment.includes("**");
  return pattern.split("/").every(isLone) ? undefined : "** stands for whole segments, alone";
}

function matchSegment(pattern: string, segment: string): boolean {
  if (pattern === "*") return segment !== "";
  return matchList([...pattern], [...segment], "*", (a, b) => a === b);
}

/**
 * Whether a list fits a pattern in which `star` stands for any number of items. After a misfit only the last star can
 * be the one to take more: what an earlier one took was already the least.
 */
function matchList(
  pattern: readonly string[],
  items: readonly string[],
  star: string,
  isFit: (wanted: string, item: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let retry: { readonly at: number; readonly next: number } | undefined;
  while (next < items.length) {
    const wanted = pattern[at];
    const item = items[next] ?? "";
    if (wanted === star) {
      retry = { at: at + 1, next };
      at++;
    } else if (wanted !== undefined && isFit(wanted, item)) {
      at++;
      next++;
    } else if (retry !== undefined) {
      retry = { at: retry.at, next: retry.next + 1 };
      ({ at, next } = retry);
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((wanted) => wanted === star);
}
