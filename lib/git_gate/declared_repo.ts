/** Which declared repository a url means. */

import type { GuestRepo } from "./guest_config.ts";
import { spellings } from "./spellings.ts";

const ENDS = ["", ".git", "/", ".git/"] as const;

/**
 * The repository that a url is one of the spellings of; undefined for any other. Who logs in does not count: by the
 * gate it is whom the manifest says.
 */
export function declaredRepo<T extends GuestRepo>(url: string, repos: readonly T[]): T | undefined {
  const anybody = url.replace(/^([a-z+]+:\/\/)[^/@]*@/, "$1").replace(/^[^/:@]*@/, "");
  return repos.find((repo) =>
    spellings(repo.url, repo.upstream).some((spelling) =>
      ENDS.some((end) => url === `${spelling}${end}` || anybody === `${spelling}${end}`)
    )
  );
}
