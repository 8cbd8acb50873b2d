/** Paths that are one and the same where case, or the form of an accent, makes no difference: macOS and Windows write the last over the first. */

import type { Finding } from "./findings.ts";

/** A path as such a file system compares it. */
export function foldedPath(path: string): string {
  return path.normalize("NFC").toLowerCase().normalize("NFC");
}

/** Finds paths of a tree that meet one of some others. Memory goes by the others, not by the tree. */
export class CaseCollisions {
  /** Folded → the paths of the tree that fold to it. */
  readonly #added = new Map<string, Set<string>>();

  /** @param added those that are new: what the person had before is the person's own */
  constructor(added: Iterable<string>) {
    for (const path of added) this.#added.set(foldedPath(path), new Set());
  }

  /** Takes a path of the tree, new or not. */
  look(path: string): void {
    this.#added.get(foldedPath(path))?.add(path);
  }

  /** One finding for each group of paths that meet. */
  *found(): Generator<Finding, void, void> {
    for (const group of this.#added.values()) {
      const [first, ...others] = [...group].sort();
      if (first === undefined || others.length === 0) continue;
      const why = `is the same file as ${JSON.stringify(others[0])} where case makes no difference`;
      yield { kind: "names", path: first, why };
    }
  }
}
