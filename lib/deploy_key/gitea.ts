/**
 * Deploy keys at Gitea, and at Forgejo, whose API is the same here: `/api/v1/repos/{owner}/{repo}/keys` (Gitea's
 * `routers/api/v1/repo/key.go`). A title is unique in its repository, a key in the whole server.
 */

import { readFlag } from "../control/shape.ts";
import { Secret } from "../secret.ts";
import type { DeployKeyProvider, ProviderOptions } from "./provider.ts";
import { openRestForge } from "./rest_forge.ts";

/** Keys a page: Gitea's own upper bound unless its operator sets another (`MAX_RESPONSE_ITEMS`). */
const PAGE = 50;

/** Opens them. */
export function openGitea(options: ProviderOptions): DeployKeyProvider {
  const { api, owner, repo } = options.target;
  const path = [owner, repo].map(encodeURIComponent).join("/");
  return openRestForge({
    words: { forge: "Gitea", scope: 'the scope "write:repository"' },
    url: `${api}/api/v1/repos/${path}/keys`,
    authorization: {
      name: "authorization",
      value: new Secret(`token ${options.token.reveal()}`),
    },
    isTitleUnique: true,
    query: (page) => `page=${page}&limit=${PAGE}`,
    body: ({ title, publicLine, readOnly }) => ({ title, key: publicLine, read_only: readOnly }),
    mayWrite: (answer) => !readFlag(answer, "read_only"),
  }, options);
}
