/** Symbolic links that come out of a bottle: where they lead on the person's machine. */

import { leadsInside } from "../archive/link_target.ts";
import { foldedPath } from "./case_collisions.ts";
import { isDotGit } from "./dot_git.ts";

/** Longer ones no system takes. In bytes. */
export const MAX_TARGET_BYTES = 4096;

/** A folder above the tree's top, as the rule for archives wants it: nothing may climb out of it. */
const TOP = "tree";

/** The links of a tree: path → target; undefined: no link. */
export type LinkLookup = Pick<ReadonlyMap<string, string>, "get">;

/** Finds a link by its path, also where only case is different: some file systems would follow it. */
export function linkLookup(links: ReadonlyMap<string, string>): LinkLookup {
  const folded = new Map([...links].map(([path, target]) => [foldedPath(path), target]));
  return { get: (path) => links.get(path) ?? folded.get(foldedPath(path)) };
}

/**
 * What is wrong with a link; undefined: it stays in the tree, and out of `.git`.
 *
 * @param path of the link, in the tree
 * @param target what it says
 * @param links every link of the tree that it lies in. A link may lead out through another one
 */
export function faultOfLink(
  path: string,
  target: string,
  links: LinkLookup,
): string | undefined {
  if (target.length > MAX_TARGET_BYTES) return "says more than a link can";
  if (target.split(/[/\\]/).some((part) => isDotGit(part))) return `leads into ".git"`;
  const lookup = { get: (key: string) => links.get(key.slice(TOP.length + 1)) };
  const parts = [TOP, ...path.split("/")];
  // "\" parts folders where Windows follows it; a drive is as absolute as "/".
  const spellings = target.includes("\\") ? [target, target.replaceAll("\\", "/")] : [target];
  for (const spelling of spellings) {
    if (/^(?:\/|[a-z]:)/iu.test(spelling)) return "leads to an absolute path";
    if (!leadsInside(parts, spelling, lookup)) return "leads out of the tree";
  }
  return undefined;
}
