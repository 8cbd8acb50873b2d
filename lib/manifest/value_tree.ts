/** A plain value whose every part knows its place in a file. */

import type { SourcePlace } from "../errors.ts";

/** Keys and indexes from the root of a document to a part of it. */
export type Path = readonly PropertyKey[];

/** What the schemas read: from YAML, or from a program's own objects. */
export interface ValueTree {
  readonly value: unknown;
  /** Place of a value, or of the key that it stands under. What isn't there has its nearest parent's place. */
  placeOf(path: Path, part?: "key" | "value"): SourcePlace;
}

/** A program's own object: it has no lines, only a name. */
export function objectTree(value: unknown, name: string): ValueTree {
  return { value, placeOf: () => ({ file: name }) };
}

/**
 * A path as people write it.
 *
 * @example
 * ```ts
 * import { formatPath } from "./value_tree.ts";
 * if (formatPath(["egress", "routes", 0, "host"]) !== "egress.routes[0].host") throw new Error();
 * ```
 */
export function formatPath(path: Path): string {
  return path.map((part) => typeof part === "number" ? `[${part}]` : `.${String(part)}`)
    .join("").replace(/^\./, "");
}

/** The part of a value at a path; undefined if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let part = value;
  for (const key of path) {
    if (typeof part !== "object" || part === null) return undefined;
    part = Object.getOwnPropertyDescriptor(part, key)?.value;
  }
  return part;
}
