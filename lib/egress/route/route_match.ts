/** One entry of a route's `matches`, ready to be asked: expressions are compiled once. */

import { compileHeaders, findHeaderMatchFault } from "./header_match.ts";
import type { HeaderList } from "../message.ts";
import { findPathFault, holdsPath, type RequestPath } from "./path.ts";
import { compilePattern, findPatternFault } from "./pattern.ts";
import type { PathMatch, RouteMatch } from "./route.ts";

/** A match and its parts as questions. */
export interface CompiledMatch {
  /** As it is written. */
  readonly match: RouteMatch;
  /** One of its paths holds, or it has none. */
  readonly holdsPath: (path: RequestPath) => boolean;
  /** All of its fields are there. */
  readonly holdsHeaders: (headers: HeaderList) => boolean;
}

/** @throws {Error} for what {@linkcode findMatchFault} finds a fault with */
export function compileMatch(match: RouteMatch): CompiledMatch {
  const paths = match.paths?.map(compilePath);
  return {
    match,
    holdsPath: paths === undefined ? () => true : (path) => paths.some((holds) => holds(path)),
    holdsHeaders: match.headers === undefined ? () => true : compileHeaders(match.headers),
  };
}

/** Whether the method is one that the match names. Methods are case-sensitive. */
export function holdsMethod({ methods }: RouteMatch, method: string): boolean {
  return methods?.includes(method) ?? true;
}

/**
 * How a path of a route is asked. An expression is, as a glob, never held by a path of which two servers could make two.
 *
 * @throws {Error} for an expression with a fault
 */
export function compilePath(wanted: PathMatch): (path: RequestPath) => boolean {
  if (wanted.type !== "regex") return (path) => holdsPath(wanted, path);
  const fits = compilePattern(wanted.value);
  return ({ path, ambiguity, cut }) => ambiguity === undefined && cut === undefined && fits(path);
}

/** Why a path can't be a route's; undefined if it can. */
export function findPathMatchFault(wanted: PathMatch): string | undefined {
  if (wanted.type !== "regex") return findPathFault(wanted);
  return /^[A-Za-z0-9%_~-]/.test(wanted.value)
    ? "a path begins with a slash, and the whole path has to fit"
    : findPatternFault(wanted.value);
}

/** What is wrong with a match, with the value that is meant; undefined if nothing. */
export function findMatchFault({ paths = [], headers = [] }: RouteMatch): string | undefined {
  for (const path of paths) {
    const fault = findPathMatchFault(path);
    if (fault !== undefined) return `path ${JSON.stringify(path.value)}: ${fault}`;
  }
  for (const header of headers) {
    const fault = findHeaderMatchFault(header);
    if (fault !== undefined) return `header ${JSON.stringify(header.name)}: ${fault}`;
  }
  return undefined;
}

/** How many expressions a match has. */
export function countExpressions({ paths = [], headers = [] }: RouteMatch): number {
  return [...paths, ...headers].filter(({ type }) => type === "regex").length;
}
