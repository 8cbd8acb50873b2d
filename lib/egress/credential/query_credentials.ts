/** Credentials of the agent's own in a query: on a route with a credential they come off, as they do in headers. */

import { foldHeaderName } from "../header_name.ts";
import type { Route } from "../route/route.ts";

/** A request's target without them. */
export interface StrippedTarget {
  readonly target: string;
  /** Whether there were any. */
  readonly foreign: boolean;
}

/**
 * Letters and digits of their names. From RFC 6750, 2.3, and the documentation of GitLab, Slack and others; then what signs
 * a URL for whoever holds it: AWS (signature 4 and 2), Google Cloud Storage, Azure, OAuth 1.0 (RFC 5849, 3.5.3), Alibaba Cloud.
 */
const KEYS: ReadonlySet<string> = new Set([
  "accesskey",
  "accesstoken",
  "apikey",
  "apisecret",
  "apitoken",
  "applicationkey",
  "auth",
  "authkey",
  "authorization",
  "authtoken",
  "bearer",
  "bearertoken",
  "clientassertion",
  "clientsecret",
  "deploytoken",
  "feedtoken",
  "hapikey",
  "idtoken",
  "jobtoken",
  "jwt",
  "oauthtoken",
  "password",
  "personalaccesstoken",
  "privatetoken",
  "refreshtoken",
  "rsstoken",
  "secret",
  "secretkey",
  "sessiontoken",
  "subscriptionkey",
  "token",
  "usertoken",
  "xaccesstoken",
  "xapikey",
  "xauthtoken",

  "awsaccesskeyid",
  "googleaccessid",
  "oauthsignature",
  "ossaccesskeyid",
  "sig",
  "signature",
  "xamzcredential",
  "xamzsecuritytoken",
  "xamzsignature",
  "xgoogcredential",
  "xgoogsignature",
]);
/** Google's servers take `?key=` for the header; elsewhere a key is many things. */
const GOOGLE_HEADER = "x-goog-api-key";

/**
 * Takes them off: a server may prefer the one in the query to the one that is put on, and what is sent would then be
 * somebody else's to read.
 *
 * @example
 * ```ts
 * import { stripQuery } from "./query_credentials.ts";
 * const auth = { scheme: "bearer", token: "EGRESS_TOKEN_1" } as const;
 * const route = { host: "gitlab.example.com", auth, origin: "manifest demo.md:7" };
 * const { target } = stripQuery("/api/v4/projects?private_token=x&page=2", route);
 * if (target !== "/api/v4/projects?page=2") throw new Error("it stayed");
 * ```
 */
export function stripQuery(target: string, { auth }: Route): StrippedTarget {
  const mark = target.indexOf("?");
  if (auth === undefined || auth.scheme === "agent" || mark < 0) return { target, foreign: false };
  const isGoogles = auth.scheme === "header" && foldHeaderName(auth.header) === GOOGLE_HEADER;
  const parts = target.slice(mark + 1).split(/([&;])/);
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const key = keyOf(parts[at] ?? "");
    if (KEYS.has(key) || isGoogles && key === "key") continue;
    kept.push(kept.length === 0 ? "" : parts[at - 1] ?? "", parts[at] ?? "");
  }
  const foreign = kept.length < parts.length + 1;
  const query = kept.join("");
  return foreign
    ? { target: `${target.slice(0, mark)}${query === "" ? "" : `?${query}`}`, foreign }
    : { target, foreign };
}

/** As the most lenient server reads it: decoded, `token[]` a list of `token`, `.` and a space in it `_` (PHP). */
function keyOf(part: string): string {
  const [[key = ""] = []] = new URLSearchParams(part.replace(/^\?+/, ""));
  return key.replace(/\[.*/s, "").toLowerCase().replace(/[^0-9a-z]/g, "");
}
