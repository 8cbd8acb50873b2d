/** What the APIs of forges have in common: a collection of keys, added to by POST, listed in pages, removed from by id. */

import { readShape, type Shape } from "../control/shape.ts";
import type { ApiAuthorization, ApiRequest, ApiResponse } from "./api_request.ts";
import { badAnswer, forgeError, type ForgeWords, tooManyKeys } from "./forge_error.ts";
import { readAnswer, readKey, readKeys } from "./key_answer.ts";
import type { DeployKeyProvider, ForgeKey, NewKey, ProviderOptions } from "./provider.ts";

/** What tells one from another. */
export interface RestForge {
  /** How its errors speak. */
  readonly words: ForgeWords;
  /** Of the collection, without a query. */
  readonly url: string;
  /** What proves who asks. */
  readonly authorization: ApiAuthorization;
  /** What its answers are asked for in, where that is not plain JSON. */
  readonly accept?: string;
  /** Whether it refuses a second key of the same title. */
  readonly isTitleUnique: boolean;
  /** Of page 1, 2, … */
  readonly query: (page: number) => string;
  /** The body of a POST. */
  readonly body: (key: NewKey) => NonNullable<ApiRequest["body"]>;
  /** Whether the key that was made may write. @throws {BottleError} `shape-invalid` */
  readonly mayWrite: (answer: Shape) => boolean;
}

/** Pages that are looked through: a repository of some 5,000 keys is not looked after by this program. */
const MAX_PAGES = 100;

/** Opens the keys of one repository. */
export function openRestForge(
  forge: RestForge,
  { target, token, send }: ProviderOptions,
): DeployKeyProvider {
  const { authorization, accept, url } = forge;
  const ask = async (
    request: Omit<ApiRequest, "authorization">,
    signal: AbortSignal,
    doing: string,
    expected: readonly number[],
  ): Promise<ApiResponse> => {
    const common = { authorization, ...(accept === undefined ? {} : { accept }) };
    const response = await send({ ...request, ...common }, signal);
    if (expected.includes(response.status)) return response;
    throw forgeError(doing, target, response, { ...forge.words, token });
  };
  return {
    isTitleUnique: forge.isTitleUnique,
    create: async (key, signal) => {
      const doing = "add a deploy key to";
      const request = { method: "POST", url, body: forge.body(key) } as const;
      const response = await ask(request, signal, doing, [201]);
      return readAnswer(response, () => badAnswer(doing, target), (answer) => {
        const made = readKey(answer);
        // A server that gives a key other rights than it was asked for is not trusted with it.
        const isAsAsked = forge.mayWrite(readShape(answer, "key")) !== key.readOnly;
        if (!isAsAsked || made.title !== key.title) throw badAnswer(doing, target);
        return made;
      });
    },
    delete: async (id, signal) => {
      const request = { method: "DELETE", url: `${url}/${encodeURIComponent(id)}` } as const;
      await ask(request, signal, "remove a deploy key of", [204, 404]);
    },
    list: async (title, signal) => {
      const doing = "list the deploy keys of";
      const seen = new Map<string, ForgeKey>();
      for (let page = 1; page <= MAX_PAGES; page++) {
        const request = { method: "GET", url: `${url}?${forge.query(page)}` } as const;
        const response = await ask(request, signal, doing, [200]);
        const before = seen.size;
        for (const key of readAnswer(response, () => badAnswer(doing, target), readKeys)) {
          seen.set(key.id, key);
        }
        // Some servers have one page, whichever is asked for.
        if (seen.size === before || seen.size >= (response.total ?? Infinity)) {
          return [...seen.values()].filter((key) => key.title === title);
        }
      }
      throw tooManyKeys(doing, target);
    },
  };
}
