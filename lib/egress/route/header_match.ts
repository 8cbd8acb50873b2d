/** How a route's `headers` are compared with a request's (Gateway API, HTTPHeaderMatch). */

import { foldHeaderName } from "../header_name.ts";
import type { HeaderList } from "../message.ts";
import { isSteeringHeader } from "../judge/overrides.ts";
import { compilePattern, findPatternFault, type Pattern } from "./pattern.ts";
import type { HeaderMatch } from "./route.ts";

const NAME = /^[!#$%&'*+.^`|~0-9a-z-]{1,128}$/;
const VALUE = /^[!-~](?:[ -~]{0,1022}[!-~])?$/;

/** Of one connection, of the message's frame, or written by egress itself: what is judged would not be what goes out. */
const OWN: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** They hold credentials: egress takes them off, and a manifest is no place for their values. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
]);

/** Why a route can't have such a match; undefined if it can. */
export function findHeaderMatchFault({ name, type, value }: HeaderMatch): string | undefined {
  if (!NAME.test(name)) return "a header's name is in lower case, with - and not _";
  if (OWN.has(name)) return "this header is egress's own to write";
  if (CREDENTIALS.has(name)) return "this header is a credential's, which egress takes off";
  if (isSteeringHeader(name)) return "this header never gets through";
  if (type === "regex") return findPatternFault(value);
  return VALUE.test(value) ? undefined : "a value is visible ASCII with inner spaces";
}

/**
 * Whether a request has the fields that all matches want. A field that is there several times has to fit each time: one
 * server reads the first, another the last.
 */
export function compileHeaders(
  matches: readonly HeaderMatch[],
): (headers: HeaderList) => boolean {
  const wanted = matches.map(({ name, type, value }): readonly [string, Pattern] => [
    name,
    type === "regex" ? compilePattern(value) : (text) => text === value,
  ]);
  return (headers) =>
    wanted.every(([name, fits]) => {
      const fields = headers.filter(([key]) => foldHeaderName(key) === name);
      return fields.length > 0 && fields.every(([, value]) => fits(value));
    });
}
