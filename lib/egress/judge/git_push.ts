/** Pushes over HTTP: they go through git-gate, whatever host they name. */

import type { RequestPath } from "../route/path.ts";

/** What tells a push. */
export interface PushFacts {
  readonly method: string;
  /** Whether a field or a key of the query names another method, by which a server may go. */
  readonly isOverridden?: () => boolean;
  readonly path: RequestPath;
  /** Values of `content-type`, joined; undefined or empty if there is none. */
  readonly contentType?: string | undefined;
}

const SERVICE = "git-receive-pack";
const NAMED = /git-receive-pack/i;
const REQUEST_TYPE = "application/x-git-receive-pack-request";

/**
 * Recognises git's smart protocol (gitprotocol-http): the discovery `…/info/refs?service=git-receive-pack` by any
 * method, and a body sent to `…/git-receive-pack` or with its content type. Reading a page of that name is no
 * push.
 *
 * @example
 * ```ts
 * import { isGitPush } from "./git_push.ts";
 * import { parsePath } from "../route/path.ts";
 * const path = parsePath("/me/repo.git/info/refs?service=git-receive-pack");
 * if (path.kind !== "path" || !isGitPush({ method: "GET", path })) throw new Error("expected a push");
 * ```
 */
export function isGitPush(
  { method, isOverridden, path, contentType = "" }: PushFacts,
): boolean {
  const raw = `${path.path}?${path.query ?? ""}`;
  // Nearly every request: where nothing is escaped, a name that is not there as it is can't come of decoding.
  if (!raw.includes("%") && !NAMED.test(raw) && !NAMED.test(contentType)) return false;
  const decoded = decodePath(path.path);
  // Some servers decode a path before they look for its query, and part that at semicolons too.
  const [place = "", ...rest] = decoded.split(/[?#\0]/);
  const query = new URLSearchParams([...rest, path.query ?? ""].join("&").replaceAll(";", "&"));
  if ([...query].some(([key, name]) => isServiceKey(key) && isService(name))) return true;
  if (contentType.toLowerCase().includes(REQUEST_TYPE)) return true;
  const isReading = method === "GET" || method === "HEAD" || method === "OPTIONS";
  if (![decoded, place].some((text) => isService(lastSegment(text)))) return false;
  return !isReading || (isOverridden?.() ?? false);
}

/** As a server finds it that removes parameters, empty segments and dot segments. */
function lastSegment(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split(/[/\\]/).map((text) => text.replace(/;.*/, ""))) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.at(-1) ?? "";
}

/** As languages read keys that make a list or an object of them: `service[]`. */
function isServiceKey(key: string): boolean {
  return /^\s*service(?:\[.*)?\s*$/i.test(key);
}

function isService(name: string): boolean {
  return name.replace(/\0.*/s, "").trim().toLowerCase() === SERVICE;
}

/** Escapes in escapes too: what stands before a git server may decode as well. */
function decodePath(path: string): string {
  let decoded = path;
  for (let times = 0; times < 3 && decoded.includes("%"); times++) {
    decoded = decoded.replace(
      /%[0-9A-F]{2}/gi,
      (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)),
    );
  }
  return decoded;
}
