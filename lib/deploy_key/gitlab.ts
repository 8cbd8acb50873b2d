/**
 * Deploy keys at GitLab: `/api/v4/projects/{path}/deploy_keys` (docs.gitlab.com, "Deploy keys API"), the project named by its whole path, groups
 * and all. Titles need not be unique.
 */

import { readFlag } from "../control/shape.ts";
import type { DeployKeyProvider, ProviderOptions } from "./provider.ts";
import { openRestForge } from "./rest_forge.ts";

/** Keys a page: as many as GitLab gives. */
const PAGE = 100;

/** Opens them. The target's `owner` may be a group in a group: `tools/build`. */
export function openGitLab(options: ProviderOptions): DeployKeyProvider {
  const { api, owner, repo } = options.target;
  return openRestForge({
    words: { forge: "GitLab", scope: 'the scope "api"' },
    url: `${api}/api/v4/projects/${encodeURIComponent(`${owner}/${repo}`)}/deploy_keys`,
    authorization: { name: "private-token", value: options.token },
    isTitleUnique: false,
    query: (page) => `per_page=${PAGE}&page=${page}`,
    body: ({ title, publicLine, readOnly }) => ({ title, key: publicLine, can_push: !readOnly }),
    mayWrite: (answer) => readFlag(answer, "can_push"),
  }, options);
}
