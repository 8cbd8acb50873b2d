/** A file's routes: checked for repetitions, and in the form that plans use. */

import type { z } from "../deps/zod.ts";
import type { HeaderMatch, RouteLimits } from "../egress/route/route.ts";
import { parseByteSize } from "./byte_size.ts";
import { readCredential } from "./credential.ts";
import type { Problem } from "./problem.ts";
import { canonicalHost } from "./route_host.ts";
import type { routeSchema } from "./route_schema.ts";
import type { ManifestRoute, Sourced } from "./types.ts";
import { valueAt, type ValueTree } from "./value_tree.ts";

type RouteFields = z.infer<typeof routeSchema>;

const ROUTES = ["egress", "routes"] as const;

/** A host twice in one file: which one holds would be a guess. Looks at hosts only, whatever else is wrong. */
export function findRepeatedHosts(tree: ValueTree): readonly Problem[] {
  const routes = valueAt(tree.value, ROUTES);
  if (!Array.isArray(routes)) return [];
  const seen = new Map<string, number>();
  return routes.flatMap((route, index) => {
    const text = valueAt(route, ["host"]);
    const host = typeof text === "string" ? canonicalHost(text) : undefined;
    if (host === undefined) return [];
    const first = seen.get(host);
    seen.set(host, first ?? index);
    if (first === undefined) return [];
    const { line } = tree.placeOf([...ROUTES, first, "host"]);
    return [{
      message: `The host "${host}" stands twice in this file`,
      place: tree.placeOf([...ROUTES, index, "host"]),
      hint: `Put both under one route's matches${
        line === undefined ? "" : `: the first is in line ${line}`
      }`,
    }];
  });
}

/** Routes with canonical hosts. */
export function readRoutes(
  routes: readonly RouteFields[],
  tree: ValueTree,
): readonly Sourced<ManifestRoute>[] {
  return routes.flatMap((route, index) => {
    const host = canonicalHost(route.host);
    if (host === undefined) return [];
    const auth = route.auth && readAuth(route.auth);
    const value: ManifestRoute = {
      host,
      ...(route.ports && { ports: route.ports }),
      ...(route.matches && { matches: route.matches.map(readMatch) }),
      ...(auth && { auth }),
      ...(route.allow_private !== undefined && { allow_private: route.allow_private }),
      ...(route.limits && { limits: readLimits(route.limits) }),
      ...(route.tls === "passthrough" && { tls: route.tls }),
    };
    return [{ value, place: tree.placeOf([...ROUTES, index]) }];
  });
}

function readMatch(
  match: NonNullable<RouteFields["matches"]>[number],
): NonNullable<ManifestRoute["matches"]>[number] {
  const { methods, paths, headers } = match;
  return {
    ...(methods && { methods }),
    ...(paths && { paths }),
    ...(headers && { headers: headers.map(lowerName) }),
  };
}

/** Header names compare without case; the plan has one spelling. */
function lowerName(header: HeaderMatch): HeaderMatch {
  return { ...header, name: header.name.toLowerCase() };
}

function readLimits(limits: NonNullable<RouteFields["limits"]>): RouteLimits {
  const { requests_per_minute: requests, bytes_out: out = "", body_bytes: body = "" } = limits;
  const outBytes = parseByteSize(out);
  const bodyBytes = parseByteSize(body);
  return {
    ...(requests !== undefined && { requests_per_minute: requests }),
    ...(outBytes !== undefined && { bytes_out: outBytes }),
    ...(bodyBytes !== undefined && { body_bytes: bodyBytes }),
  };
}

function readAuth(
  auth: NonNullable<RouteFields["auth"]>,
): ManifestRoute["auth"] {
  if (auth.scheme === "agent") return auth;
  const tokenRef = readCredential(auth.token_ref);
  if (tokenRef === undefined) return undefined;
  return auth.scheme === "header"
    ? { ...auth, header: auth.header.toLowerCase(), token_ref: tokenRef }
    : { ...auth, token_ref: tokenRef };
}
