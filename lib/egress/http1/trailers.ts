/** Trailers: fields after a body must not change what was decided by the head. */

import { foldHeaderName } from "../header_name.ts";
import type { HeaderList } from "../message.ts";

/** Framing, routing, credentials, controls and content (RFC 9110, 6.5.1). */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "max-forwards",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-api-key",
]);

/** The trailers that may be passed on. */
export function passableTrailers(trailers: HeaderList): HeaderList {
  return trailers.filter(([name]) => !FORBIDDEN.has(foldHeaderName(name)));
}
