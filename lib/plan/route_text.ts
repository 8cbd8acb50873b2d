/** A route in one line, as the preflight, `info`, `allow` and `deny` show it. */

import type { Route, RouteAuth, RouteLimits } from "../egress/route/route.ts";
import { type AllowChange, matchOf, type RouteChange } from "../egress/route/route_change.ts";
import { sizeText } from "../size_text.ts";

/**
 * `api.example.com:8443  GET /v1/ or =/health  [auth: bearer ← NAME]`. An exact path has `=` before it, an expression `~`.
 * Not escaped.
 *
 * @param credential what the route's slot stands for, where that is known
 */
export function routeText(route: Route, credential?: string): string {
  const from = credential === undefined ? "" : ` ← ${credential}`;
  return describePlace(route) +
    (route.auth ? `  [auth: ${authText(route.auth, from)}]` : "") +
    (route.tls === "passthrough" ? "  [TLS not looked into]" : "") +
    (route.limits ? `  [${limitsText(route.limits)}]` : "") +
    (route.allow_private === true ? "  [private addresses]" : "");
}

/** `60 requests/min, 10 MiB out, 5 MiB a body`. */
export function limitsText(limits: RouteLimits): string {
  const { requests_per_minute: requests, bytes_out: out, body_bytes: body } = limits;
  return [
    ...(requests === undefined ? [] : [`${requests} requests/min`]),
    ...(out === undefined ? [] : [`${sizeText(out)} out`]),
    ...(body === undefined ? [] : [`${sizeText(body)} a body`]),
  ].join(", ");
}

/** What a person changed: `allowed api.example.com  GET`, `denied  api.example.com`. Not escaped. */
export function changeText(change: RouteChange): string {
  return change.action === "deny"
    ? `denied  ${change.host}`
    : `allowed ${describePlace(routeOf(change))}`;
}

const SIGN = { prefix: "", exact: "=", glob: "", regex: "~" } as const;

function authText({ scheme }: RouteAuth, from: string): string {
  return scheme === "agent" ? "the agent's own" : `${scheme}${from}`;
}

function routeOf(change: AllowChange): Pick<Route, "host" | "ports" | "matches"> {
  const { host, ports } = change;
  return { host, ...(ports && { ports }), matches: [matchOf(change)] };
}

function describePlace(
  { host, ports, matches = [] }: Pick<Route, "host" | "ports" | "matches">,
): string {
  const texts = matches.map(({ methods, paths, headers = [], expires_at: until }) =>
    [
      methods?.join(",") ??
        (paths === undefined ? "everything" : ""),
      paths?.map(({ type, value }) => `${SIGN[type]}${value}`).join(",") ?? "",
      ...headers.map(({ name, type, value }) =>
        `${name}:${type === "regex" ? "~" : ""}${JSON.stringify(value)}`
      ),
      until === undefined ? "" : `until ${until}`,
    ].filter((text) => text !== "").join(" ")
  );
  const place = ports === undefined ? host : `${host}:${ports.join(",")}`;
  return `${place}  ${texts.length === 0 ? "everything" : texts.join(" or ")}`;
}
