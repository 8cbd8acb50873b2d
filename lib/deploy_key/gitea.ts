/**
 * Deploy keys at Gitea, and at Forgejo, whose API is the same here: `/api/v1/repos/{owner}/{repo}/keys` (Gitea's
 * `routers/api/v1/repo/key.go`). A title is unique in its repository, a key in the whole server.
 */

import { readFlag, readShape } from "../control/shape.ts";
import { Secret } from "../secret.ts";
import type { ApiRequest, ApiResponse } from "./api_request.ts";
import { badAnswer, forgeError, type ForgeWords } from "./forge_error.ts";
import { readAnswer, readKey, readKeys } from "./key_answer.ts";
import type { DeployKeyProvider, ForgeKey, ProviderOptions } from "./provider.ts";

const WORDS: ForgeWords = { forge: "Gitea", scope: 'the scope "write:repository"' };
/** Keys a page: Gitea's own upper bound unless its operator sets another (`MAX_RESPONSE_ITEMS`). */
const PAGE = 50;
/** Pages that are looked through: a repository of more keys than 5,000 is not looked after by this program. */
const MAX_PAGES = 100;

/** Opens them. */
export function openGitea({ target, token, send }: ProviderOptions): DeployKeyProvider {
  const { api, owner, repo } = target;
  const path = [owner, repo].map(encodeURIComponent).join("/");
  const keys = `${api}/api/v1/repos/${path}/keys`;
  const authorization = {
    name: "authorization",
    value: new Secret(`token ${token.reveal()}`),
  } as const;

  const ask = async (
    request: Omit<ApiRequest, "authorization">,
    signal: AbortSignal,
    doing: string,
    expected: readonly number[],
  ): Promise<ApiResponse> => {
    const response = await send({ ...request, authorization }, signal);
    if (expected.includes(response.status)) return response;
    throw forgeError(doing, target, response, WORDS);
  };

  return {
    create: async ({ title, publicLine, readOnly }, signal) => {
      const doing = "add a deploy key to";
      const body = { title, key: publicLine, read_only: readOnly };
      const response = await ask({ method: "POST", url: keys, body }, signal, doing, [201]);
      return readAnswer(response, () => badAnswer(doing, target), (answer) => {
        const key = readKey(answer);
        // A server that gives a key more rights than it was asked for, or none to push, is not trusted with it.
        if (readFlag(readShape(answer, "key"), "read_only") !== readOnly || key.title !== title) {
          throw badAnswer(doing, target);
        }
        return key;
      });
    },
    delete: async (id, signal) => {
      const url = `${keys}/${encodeURIComponent(id)}`;
      await ask({ method: "DELETE", url }, signal, "remove a deploy key of", [204, 404]);
    },
    list: async (title, signal) => {
      const doing = "list the deploy keys of";
      const found: ForgeKey[] = [];
      for (let page = 1, seen = 0; page <= MAX_PAGES; page++) {
        const url = `${keys}?page=${page}&limit=${PAGE}`;
        const response = await ask({ method: "GET", url }, signal, doing, [200]);
        const listed = readAnswer(response, () => badAnswer(doing, target), readKeys);
        found.push(...listed.filter((key) => key.title === title));
        seen += listed.length;
        if (listed.length === 0 || seen >= (response.total ?? Infinity)) return found;
      }
      return found;
    },
  };
}
