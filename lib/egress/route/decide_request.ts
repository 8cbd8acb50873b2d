/** Whether a request falls under a route, and if not, what would have let it pass. */

import { describeMatch } from "./describe_match.ts";
import type { HeaderList } from "../message.ts";
import { parsePath, type RequestPath } from "./path.ts";
import { isLive, isMatchLive } from "./route_expiry.ts";
import { type CompiledMatch, holdsMethod } from "./route_match.ts";
import {
  type CompiledRoute,
  decide,
  type Decision,
  type Destination,
  findRoute,
  type RouteTable,
} from "./route_table.ts";

/** What is asked for there. */
export interface RequestLine extends Destination {
  /** As it came: methods are case-sensitive. */
  readonly method: string;
  /** Path and query, as they came; begins with `/`. */
  readonly path: string;
  /** As they came, without those of the connection. */
  readonly headers: HeaderList;
}

/**
 * Judges a whole request. A path that two servers could read differently is refused where the route limits paths;
 * where it does not, only what is no path at all.
 */
export function decideRequest(
  table: RouteTable,
  request: RequestLine,
  now: number = Date.now(),
): Decision {
  const decision = decide(table, request, now);
  const compiled = findRoute(table, request.host, (route) => isLive(route, now));
  if (!decision.ok || compiled === undefined) return decision;
  const { route, matches } = compiled;
  const parsed = parsePath(request.path);
  if (parsed.kind === "bad") {
    return { ok: false, reason: "protocol", detail: `Malformed path: ${parsed.why}`, route };
  }
  if (matches.length === 0) return decision;
  const holds = (match: CompiledMatch): boolean =>
    holdsMethod(match.match, request.method) && match.holdsPath(parsed) &&
    match.holdsHeaders(request.headers);
  const isLiveMatch = ({ match }: CompiledMatch): boolean => isMatchLive(match, now);
  return matches.some((match) => isLiveMatch(match) && holds(match))
    ? decision
    : { ok: false, route, ...explain(compiled, request, parsed, { isLiveMatch, holds }) };
}

type AskMatch = (match: CompiledMatch) => boolean;

/** Why none of a route's matches holds: what comes nearest is told. */
function explain(
  { route, matches: all }: CompiledRoute,
  { method, headers }: RequestLine,
  path: RequestPath,
  { isLiveMatch, holds }: { readonly isLiveMatch: AskMatch; readonly holds: AskMatch },
): Pick<Extract<Decision, { ok: false }>, "reason" | "detail"> {
  const past = all.find((match) => !isLiveMatch(match) && holds(match))?.match.expires_at;
  if (past !== undefined) {
    const detail = `It was allowed on the route "${route.host}" until ${past}`;
    return { reason: "expired", detail };
  }
  const matches = all.filter(isLiveMatch);
  const onPath = matches.filter((match) => match.holdsPath(path));
  const doubt = path.ambiguity ?? (matches.some(comparesEnds) ? path.cut : undefined);
  if (onPath.length === 0 && doubt !== undefined) {
    return {
      reason: "protocol",
      detail: `Ambiguous path under a route that limits paths: ${doubt}`,
    };
  }
  if (onPath.length === 0) {
    const wanted = matches.map(({ match }) => describeMatch(match)).join("; ");
    return {
      reason: "no-match",
      detail: `The path fits none of the route "${route.host}": ${wanted}`,
    };
  }
  if (onPath.some(({ match }) => holdsMethod(match, method))) {
    const wanted = onPath.filter((match) => !match.holdsHeaders(headers))
      .map(({ match }) => describeMatch(match)).join("; ");
    return { reason: "no-match", detail: `The header fields fit none of: ${wanted}` };
  }
  const methods = [...new Set(onPath.flatMap(({ match }) => match.methods ?? []))];
  return {
    reason: "method",
    detail: `${JSON.stringify(method)} is not allowed on this path: ${methods.join(", ")} would be`,
  };
}

/** A path that may end earlier for a server fits such a match for egress alone. */
function comparesEnds({ match }: CompiledMatch): boolean {
  return match.paths?.some(({ type }) => type === "glob" || type === "regex") ?? false;
}
