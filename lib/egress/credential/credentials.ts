/** Credentials on a request: the agent's own come off, the route's goes on. */

import { BottleError } from "../../errors.ts";
import { foldHeaderName, variableName } from "../header_name.ts";
import type { HeaderField, HeaderList } from "../message.ts";
import { endsWithPlaceholder } from "./placeholder.ts";
import type { AgentAuth, AuthScheme, InjectedAuth, Route } from "../route/route.ts";

export type { HeaderList } from "../message.ts";

/** What came off. */
export interface StrippedHeaders {
  readonly headers: HeaderList;
  /** Names that were removed, lower case, each once. */
  readonly removed: readonly string[];
  /** On a route with a credential: one that is no placeholder was removed. For the audit's mark. */
  readonly foreign: boolean;
}

/** Removed from every request. */
const always: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "x-api-key"]);

/**
 * Removed besides where a route injects: another's session or key on an allowed host is a way out. Names from the
 * documentation of Fastly, Datadog, Honeycomb, Azure Functions and JFrog, and from RFC 9449, that don't say what they are.
 */
const onCredentialed: ReadonlySet<string> = new Set([
  "cookie",
  "cookie2",
  "dd-application-key",
  "dpop",
  "fastly-key",
  "x-auth",
  "x-functions-key",
  "x-honeycomb-team",
  "x-jfrog-art-api",
]);

/** Names that say what they are: `private-token`, `x-goog-api-key`, `x-amz-security-token`, `ocp-apim-subscription-key`. */
const CREDENTIAL_NAME =
  /(?:token|(?:api|access|auth|authorization|secret|server|service|master|sas)-?key|subscription-key|secret|password|passphrase|authorization|authentication|-auth|credential|assertion|jwt)s?$/;
/** Tokens that open nothing: against forged requests, and for the next page. */
const NO_CREDENTIAL_NAME = /(?:csrf|xsrf|continuation|page|sync)-?token$/;

/** Fields that frame a message or steer a connection (RFC 9110, 7.6.1 and 10.1; RFC 9112, 6). */
const framing: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-encoding",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** RFC 9110, 5.6.2, in lower case. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Takes every credential of the agent's off a request, so that it goes out under the bottle's identity or none.
 * Every spelling of a name goes, also one with underscores, and every repetition.
 *
 * @example
 * ```ts
 * import { stripInbound } from "./credentials.ts";
 * const route = { host: "api.example.com", origin: "manifest demo.md:7" };
 * const { headers } = stripInbound([["AUTHORIZATION", "Bearer x"], ["Accept", "a/b"]], route);
 * if (headers.length !== 1) throw new Error("it stayed");
 * ```
 */
export function stripInbound(headers: HeaderList, route: Route): StrippedHeaders {
  const kept: HeaderField[] = [];
  const removed = new Set<string>();
  let foreign = false;
  for (const [name, value] of headers) {
    const folded = foldHeaderName(name);
    if (!isStripped(folded, route.auth)) {
      kept.push([name, value]);
      continue;
    }
    removed.add(name.toLowerCase());
    foreign ||= route.auth !== undefined && folded !== "proxy-authorization" &&
      !isPlaceholder(value);
  }
  return { headers: kept, removed: [...removed], foreign };
}

/** The route's credential, where one may go: never over plain http, where everybody on the way could read it. */
export function authFor(route: Route, scheme: "http" | "https"): InjectedAuth | undefined {
  const { auth } = route;
  return scheme === "http" || auth?.scheme === "agent" ? undefined : auth;
}

/**
 * Puts a credential on. The headers must have come from {@linkcode stripInbound}: nothing is replaced here.
 * @param token checked by {@linkcode checkToken}
 */
export function inject(headers: HeaderList, auth: AuthScheme, token: string): HeaderList {
  return [...headers, credentialField(auth, token)];
}

/**
 * Whether a value is what an agent holds instead of a credential: bare, behind a scheme, or as a Basic password.
 */
export function isPlaceholder(value: string): boolean {
  const bare = value.trim().replace(/^[A-Za-z]+ +/, "");
  return endsWithPlaceholder(bare) || endsWithPlaceholder(decodeBase64(bare));
}

/** Whether a route may inject a header of this name: lower case, and none that frames a message. */
export function isInjectableHeader(name: string): boolean {
  return HEADER_NAME.test(name) && !framing.has(foldHeaderName(name));
}

/** Whether a value can be put into a header whole: visible ASCII and inner spaces only. */
export function isHeaderValue(value: string): boolean {
  return /^[!-~](?:[ -~]*[!-~])?$/.test(value);
}

/**
 * Checks a credential's value before it can get onto a request: visible ASCII and inner spaces only.
 * @throws {BottleError} `token-invalid`; names the slot, never the value
 */
export function checkToken(slot: string, value: string): void {
  if (isHeaderValue(value)) return;
  throw new BottleError(`The credential for "${slot}" can't stand in a header`, {
    code: "token-invalid",
    hint: value === ""
      ? "Its value is empty"
      : "It holds a line end, another control character, a space at an end, or a character outside ASCII",
  });
}

function credentialField(auth: AuthScheme, token: string): HeaderField {
  switch (auth.scheme) {
    case "bearer":
      return ["Authorization", `Bearer ${token}`];
    case "token":
      return ["Authorization", `token ${token}`];
    case "basic":
      return ["Authorization", `Basic ${btoa(`${auth.username}:${token}`)}`];
    case "header":
      return [auth.header, token];
  }
  return auth satisfies never;
}

/** Whether a field comes off under a route. @param folded its name, by `foldHeaderName` */
export function isStripped(
  folded: string,
  auth: AuthScheme | AgentAuth | undefined,
): boolean {
  const name = variableName(folded);
  if (auth?.scheme === "agent") return name === "proxy-authorization";
  if (always.has(name)) return true;
  if (!auth) return false;
  return onCredentialed.has(name) ||
    CREDENTIAL_NAME.test(name) && !NO_CREDENTIAL_NAME.test(name) ||
    auth.scheme === "header" && variableName(auth.header) === name;
}

/** What a text is the base64 of, one character a byte; empty: it is none. */
export function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}
