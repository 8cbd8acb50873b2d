/**
 * Fields and keys by which servers take another method, path or host than the request's own. What is judged must be what
 * the server goes by.
 */

import { variableName } from "../header_name.ts";
import type { HeaderField, HeaderList } from "../message.ts";
import type { Route } from "../route/route.ts";

/** As a query's key too: Rack, Laravel, Symfony, Express and others read `_method` there. */
const METHOD_KEYS: ReadonlySet<string> = new Set([
  "-method",
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
]);

/** Read by IIS, Zend, Symfony and Envoy for the request's path. */
const PATH_HEADERS: ReadonlySet<string> = new Set([
  "x-original-url",
  "x-original-uri",
  "x-rewrite-url",
  "x-override-url",
  "x-envoy-original-path",
]);

/** A second path that the method acts on: WebDAV's COPY and MOVE (RFC 4918), and what object stores copy from. */
const SECOND_PATH_HEADERS: ReadonlySet<string> = new Set([
  "destination",
  "x-amz-copy-source",
  "x-amz-rename-source",
  "x-copy-from",
  "x-goog-copy-source",
  "x-ms-copy-source",
  "x-ms-rename-source",
]);

/**
 * What reverse proxies tell the server behind them: for which host, by which scheme, for whom. `x-forwarded-…` besides.
 * The client of an explicit proxy has no honest use for them, and a server that believes them takes a request for another
 * host's, or for its operator's.
 */
const FORWARDING_HEADERS: ReadonlySet<string> = new Set([
  "cf-connecting-ip",
  "client-ip",
  "fastly-client-ip",
  "forwarded",
  "front-end-https",
  "true-client-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-envoy-external-address",
  "x-forwarded",
  "x-host",
  "x-http-host-override",
  "x-original-forwarded-for",
  "x-original-host",
  "x-originating-ip",
  "x-real-ip",
  "x-remote-addr",
  "x-remote-ip",
  "x-url-scheme",
]);

/** Why a request is refused for them. */
export interface OverrideFault {
  readonly reason: "method" | "no-match";
  readonly detail: string;
}

/** Whether a header is one that egress refuses or takes off. */
export function isSteeringHeader(header: string): boolean {
  const name = variableName(header);
  return METHOD_KEYS.has(name) || SECOND_PATH_HEADERS.has(name) || isDropped(name);
}

/** A field or a key of the query that names another method. */
export function overridesMethod(headers: HeaderList, query: string | undefined): boolean {
  return has(headers, (name) => METHOD_KEYS.has(name)) ||
    query !== undefined && queryKeys(query).some((key) => METHOD_KEYS.has(key));
}

/** Under a route that limits methods, or paths, what names another one is refused: to leave it out would change what is asked. */
export function findOverride(
  { matches = [] }: Route,
  headers: HeaderList,
  query: string | undefined,
): OverrideFault | undefined {
  const limitsMethods = matches.some((match) => match.methods !== undefined);
  if (limitsMethods && overridesMethod(headers, query)) {
    const detail =
      "A header or query key that overrides the method, under a route that limits methods";
    return { reason: "method", detail };
  }
  const limitsPaths = matches.some((match) => match.paths !== undefined);
  const isSecond = (name: string): boolean =>
    PATH_HEADERS.has(name) || SECOND_PATH_HEADERS.has(name);
  if (limitsPaths && has(headers, isSecond)) {
    const detail = "A header that names another path, under a route that limits paths";
    return { reason: "no-match", detail };
  }
  return undefined;
}

/** The fields without those that only a proxy may set. */
export function dropForwarded(headers: HeaderList): HeaderList {
  const isKept = ([name]: HeaderField): boolean => !isDropped(variableName(name));
  return headers.every(isKept) ? headers : headers.filter(isKept);
}

/** A request's trailers without those that a server which takes them for headers would go by, after they were judged. */
export function dropSteering(trailers: HeaderList): HeaderList {
  return trailers.filter(([name]) => !isSteeringHeader(variableName(name)));
}

function isDropped(name: string): boolean {
  return FORWARDING_HEADERS.has(name) || PATH_HEADERS.has(name) || name.startsWith("x-forwarded-");
}

function has(headers: HeaderList, isWanted: (name: string) => boolean): boolean {
  return headers.some(([name]) => isWanted(variableName(name)));
}

/** As servers read them: decoded, also behind semicolons, and `_method[]` is a list of `_method`. */
function queryKeys(query: string): readonly string[] {
  const keys = new URLSearchParams(query.replaceAll(";", "&")).keys();
  return [...keys].map((key) => variableName(key.replace(/[[\0].*/s, "").trim()));
}
