/** A page of keys, as `per_page` and `page` ask for it. */

import type { TestDeployKey } from "./world.ts";

/** As many as GitHub and GitLab give at most. */
const MAX_ITEMS = 100;

/** The keys of the page, or why the query is none. */
export function pageOf(
  keys: readonly TestDeployKey[],
  query: ReadonlyMap<string, string>,
): readonly TestDeployKey[] | { readonly why: string } {
  const [page = 0, size = 0] = ["page", "per_page"].map((name) => {
    const text = query.get(name) ?? "";
    return /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : 0;
  });
  if (query.size !== 2 || page === 0 || size === 0 || size > MAX_ITEMS) {
    return { why: `the query ${[...query.keys()].join()}` };
  }
  return keys.slice((page - 1) * size, page * size);
}
