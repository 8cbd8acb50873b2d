/** What a forge's answer means, in words that a person can act on. Never with the token. */

import { escapeControl } from "../egress/escape.ts";
import { BottleError } from "../errors.ts";
import type { ApiResponse } from "./api_request.ts";
import type { Secret } from "../secret.ts";
import type { ForgeRepo } from "./provider.ts";

/** What the hints of one forge's errors say. */
export interface ForgeWords {
  /** `Gitea`. */
  readonly forge: string;
  /** Which rights the token must have: `the scope "write:repository"`. */
  readonly scope: string;
}

/** Codes of answers after which it is certain that no key was made. */
const REFUSALS: readonly string[] = [
  "deploy-key-token",
  "deploy-key-scope",
  "deploy-key-repository",
  "deploy-key-conflict",
];
/** Characters of a forge's own words that are shown. */
const SHOWN = 200;

/** Whether the forge said no, so that nothing has changed there. After any other error a key may be there all the same. */
export function isRefusal(error: unknown): boolean {
  return error instanceof BottleError && REFUSALS.includes(error.code);
}

/** The error for an answer that is not the expected one. @param doing `add a deploy key to` */
export function forgeError(
  doing: string,
  { api, owner, repo }: ForgeRepo,
  response: ApiResponse,
  { forge, scope, token }: ForgeWords & { readonly token: Secret },
): BottleError {
  const said = wordsOf(response.body, token);
  const failed = `Cannot ${doing} "${owner}/${repo}" at "${api}"`;
  const error = (code: string, why: string, hint: string): BottleError =>
    new BottleError(`${failed}: ${why}${said === "" ? "" : `: ${JSON.stringify(said)}`}`, {
      code,
      hint,
    });
  switch (response.status) {
    case 401:
      return error(
        "deploy-key-token",
        `${forge} does not accept the token`,
        "Look whether provisioner_token names a token that is of this server and has not expired",
      );
    case 403:
      return error(
        "deploy-key-scope",
        "the token may not do this",
        `It needs ${scope}, of somebody who is an administrator of the repository`,
      );
    case 404:
      return error(
        "deploy-key-repository",
        "there is no such repository, or the token's owner does not see it",
        "Look at the repository's url, and whether the token's owner is an administrator of it",
      );
    case 400:
    case 409:
    case 422:
      return error(
        "deploy-key-conflict",
        "the server does not take the key",
        "Look at the repository's deploy keys",
      );
    default:
      return error("deploy-key-api", `the server answers ${response.status}`, hintOf(response));
  }
}

/** The error for an answer whose body is not what it should be. */
export function badAnswer(doing: string, { api, owner, repo }: ForgeRepo): BottleError {
  return new BottleError(
    `Cannot ${doing} "${owner}/${repo}" at "${api}": the server answers something else than its API would`,
    { code: "deploy-key-api", hint: "Look whether `api` is the address of the server itself" },
  );
}

/** The error for a listing without an end: what is on its further pages is not known. */
export function tooManyKeys(doing: string, { api, owner, repo }: ForgeRepo): BottleError {
  return new BottleError(
    `Cannot ${doing} "${owner}/${repo}" at "${api}": there are more deploy keys than are looked through`,
    { code: "deploy-key-api", hint: "Remove those that nobody uses" },
  );
}

function hintOf({ status }: ApiResponse): string {
  if (status >= 300 && status < 400) {
    return "The token is sent to no other place: make `api` the address that it redirects to";
  }
  if (status === 429) return "It takes no more requests for now: try again later";
  return status >= 500
    ? "Try again later, or ask who runs the server"
    : "Look whether `api` is the address of the server itself";
}

/**
 * The `message` of the body, which Gitea, GitHub and GitLab all have, or what GitLab says of scopes: the server's word, made
 * safe to show. One that quotes the token is not repeated.
 */
function wordsOf(body: string, token: Secret): string {
  try {
    const said: { readonly message?: unknown; readonly error_description?: unknown } = Object(
      JSON.parse(body),
    );
    const message = said.message ?? said.error_description;
    const text = typeof message === "string" ? message : JSON.stringify(message) ?? "";
    return escapeControl(text.replaceAll(token.reveal(), "[secret]").slice(0, SHOWN));
  } catch {
    return "";
  }
}
