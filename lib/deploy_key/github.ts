/**
 * Deploy keys at GitHub: `/repos/{owner}/{repo}/keys` (docs.github.com, "REST API endpoints for deploy keys"). Titles need not be unique;
 * a key is, in all of GitHub. Keys that a personal access token has made go with it.
 */

import { readFlag } from "../control/shape.ts";
import { Secret } from "../secret.ts";
import type { DeployKeyProvider, ProviderOptions } from "./provider.ts";
import { openRestForge } from "./rest_forge.ts";

/** Keys a page: as many as GitHub gives. */
const PAGE = 100;

/** Opens them. The target's `api` is `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
export function openGitHub(options: ProviderOptions): DeployKeyProvider {
  const { api, owner, repo } = options.target;
  const path = [owner, repo].map(encodeURIComponent).join("/");
  return openRestForge({
    words: {
      forge: "GitHub",
      scope: 'the permission "Administration: write", or as a classic token the scope "repo"',
    },
    url: `${api}/repos/${path}/keys`,
    authorization: {
      name: "authorization",
      value: new Secret(`Bearer ${options.token.reveal()}`),
    },
    accept: "application/vnd.github+json",
    isTitleUnique: false,
    query: (page) => `per_page=${PAGE}&page=${page}`,
    body: ({ title, publicLine, readOnly }) => ({ title, key: publicLine, read_only: readOnly }),
    mayWrite: (answer) => !readFlag(answer, "read_only"),
  }, options);
}
