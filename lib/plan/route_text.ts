/** A route in one line, as the preflight, `info`, `allow` and `deny` show it. */

import type { Route } from "../egress/route.ts";
import { type AllowChange, matchOf, type RouteChange } from "../egress/route_change.ts";

/**
 * `api.example.com:8443  GET /v1/ or =/health  [auth: bearer ← NAME]`. An exact path has `=` before it. Not escaped.
 *
 * @param credential what the route's slot stands for, where that is known
 */
export function routeText(route: Route, credential?: string): string {
  const from = credential === undefined ? "" : ` ← ${credential}`;
  return describePlace(route) +
    (route.auth ? `  [auth: ${route.auth.scheme}${from}]` : "") +
    (route.allow_private === true ? "  [private addresses]" : "");
}

/** What a person changed: `allowed api.example.com  GET`, `denied  api.example.com`. Not escaped. */
export function changeText(change: RouteChange): string {
  return change.action === "deny"
    ? `denied  ${change.host}`
    : `allowed ${describePlace(routeOf(change))}`;
}

function routeOf(change: AllowChange): Pick<Route, "host" | "ports" | "matches"> {
  const { host, ports } = change;
  return { host, ...(ports && { ports }), matches: [matchOf(change)] };
}

function describePlace(
  { host, ports, matches = [] }: Pick<Route, "host" | "ports" | "matches">,
): string {
  const texts = matches.map(({ methods, paths, expires_at: until }) =>
    [
      methods?.join(",") ??
        (paths === undefined ? "everything" : ""),
      paths?.map(({ type, value }) => type === "exact" ? `=${value}` : value).join(",") ?? "",
      until === undefined ? "" : `until ${until}`,
    ].filter((text) => text !== "").join(" ")
  );
  const place = ports === undefined ? host : `${host}:${ports.join(",")}`;
  return `${place}  ${texts.length === 0 ? "everything" : texts.join(" or ")}`;
}
