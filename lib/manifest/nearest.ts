/** "Did you mean": the nearest of some names. */

/**
 * The candidate that takes the fewest edits (insert, delete, replace, swap of neighbours), if those are few enough
 * to be a slip: at most a third of the longer word, and at least one.
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 * if (nearest("reviewr", ["reviewer", "dev"]) !== "reviewer") throw new Error();
 * if (nearest("xyz", ["reviewer", "dev"]) !== undefined) throw new Error();
 * ```
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of candidates) {
    const edits = countEdits(word.toLowerCase().slice(0, 80), name.toLowerCase());
    const few = Math.max(1, Math.floor(Math.max(word.length, name.length) / 3));
    if (edits <= few && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

/** `Did you mean "x"?`, or what to say if nothing is near. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  otherwise: string,
): string {
  const name = nearest(word, candidates);
  return name === undefined ? otherwise : `Did you mean "${name}"?`;
}

/** Optimal string alignment distance, three rows at a time. */
function countEdits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const replace = at(last, j - 1) + (same ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replace, swap));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
