/** By what a deploy key of ours is known at a forge. */

import type { Slug } from "../names.ts";

/** @param repo the name that the gate serves the repository by */
export function deployKeyTitle(slug: Slug, repo: string): string {
  return `bot-bottle ${slug} ${repo}`;
}
