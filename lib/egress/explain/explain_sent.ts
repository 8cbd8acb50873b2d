/** What an allowed request falls under, and what of it goes out: in words, without a value. */

import { authFor, stripInbound } from "../credential/credentials.ts";
import { describeMatch } from "../route/describe_match.ts";
import type { AllowedRequest } from "../judge/judge_request.ts";
import type { RequestHead } from "../message.ts";
import { parsePath } from "../route/path.ts";
import { stripQuery } from "../credential/query_credentials.ts";
import type { InjectedAuth, Route } from "../route/route.ts";
import { isLive, isMatchLive } from "../route/route_expiry.ts";
import { holdsMethod } from "../route/route_match.ts";
import { findRoute, type RouteTable } from "../route/route_table.ts";
import { parseOffer } from "../websocket/handshake.ts";
import { dropCredentials } from "../websocket/protocol_credentials.ts";

/** An allowed request and the head that it came with. */
export interface JudgedRequest extends AllowedRequest {
  readonly head: RequestHead;
}

/** What goes out of an allowed request. */
export interface SentRequest {
  /** Names of header fields that are taken off, lower case. */
  readonly removed: readonly string[];
  /** Whether keys of the query are taken off. */
  readonly isQueryStripped: boolean;
  /** One that is no placeholder was taken off where the bottle's is put on. */
  readonly isForeign: boolean;
  /** What is put on, and in which field, never its value; undefined: nothing. */
  readonly credential: { readonly scheme: string; readonly header: string } | undefined;
}

/** The route, and the match of it that holds. */
export function describeRoute(
  request: JudgedRequest,
  { table, now }: { readonly table: RouteTable; readonly now: number },
): string {
  const { route, target, head, path } = request;
  const place = `"${route.host}" (${route.origin})`;
  const parsed = parsePath(path);
  const { matches = [] } = findRoute(table, target.host, (each) => isLive(each, now)) ?? {};
  const match = parsed.kind === "bad"
    ? undefined
    : matches.find((each) =>
      isMatchLive(each.match, now) && holdsMethod(each.match, head.method) &&
      each.holdsPath(parsed) && each.holdsHeaders(head.headers)
    );
  const limits = route.limits === undefined ? "" : `; within ${describeLimits(route.limits)}`;
  return match === undefined
    ? `${place}: every request passes${limits}`
    : `${place}: ${describeMatch(match.match)}${limits}`;
}

function describeLimits(limits: NonNullable<Route["limits"]>): string {
  const { requests_per_minute: requests, bytes_out: out, body_bytes: body } = limits;
  return [
    ...(requests === undefined ? [] : [`${requests} requests a minute`]),
    ...(out === undefined ? [] : [`${out} bytes out`]),
    ...(body === undefined ? [] : [`${body} bytes of body`]),
  ].join(", ");
}

/** Takes the agent's credentials off, and says what is put on. */
export function sentOf(request: AllowedRequest): SentRequest {
  const { headers, route, scheme, path } = request;
  const stripped = stripInbound(headers, route);
  const query = stripQuery(path, route);
  const auth = authFor(route, scheme);
  return {
    removed: stripped.removed,
    isQueryStripped: query.target !== path,
    isForeign: stripped.foreign || query.foreign || hasProtocolCredential(request),
    credential: auth === undefined ? undefined : {
      scheme: auth.scheme,
      header: headerOf(auth),
    },
  };
}

/** Some clients put it among the subprotocols of a WebSocket, as a browser lets them set nothing else. */
function hasProtocolCredential({ headers, route, upgrade }: AllowedRequest): boolean {
  if (upgrade === undefined || route.auth?.scheme === "agent") return false;
  const { protocols } = parseOffer(headers);
  return dropCredentials(protocols).length < protocols.length;
}

function headerOf(auth: InjectedAuth): string {
  return auth.scheme === "header" ? auth.header : "authorization";
}

/** In one line. */
export function describeSent(sent: SentRequest, { route, scheme }: AllowedRequest): string {
  const { removed, isQueryStripped, isForeign, credential } = sent;
  const taken = [...removed, ...(isQueryStripped ? ["keys of the query"] : [])];
  const own = route.auth?.scheme === "agent" ? "the agent's own pass" : "none is put on";
  const put = credential === undefined
    ? route.auth !== undefined && route.auth.scheme !== "agent" && scheme === "http"
      ? "none is put on: never over plain http"
      : own
    : `${credential.scheme} is put on, in "${credential.header}"`;
  return [
    ...(taken.length === 0 ? [] : [`taken off: ${taken.join(", ")}`]),
    put,
    ...(isForeign ? ["marked foreign-credential"] : []),
  ].join("; ");
}
