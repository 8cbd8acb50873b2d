/**
 * The path of a request: its normal form, what makes it ambiguous, and how a route's paths are compared with it.
 */

import { findGlobFault, matchGlob } from "./path_glob.ts";
import { findDoubts } from "./path_ambiguity.ts";
import type { PathMatch, WrittenPath } from "./route.ts";

/** A path that was understood. */
export interface RequestPath {
  /** Tells it from a {@linkcode BadPath}. */
  readonly kind: "path";
  /**
   * Normal form (RFC 3986, 6.2.2): escapes of unreserved characters decoded, the others in upper case. Without the
   * query.
   */
  readonly path: string;
  /** Behind the first `?`, as it came; undefined without one. */
  readonly query: string | undefined;
  /** Why two servers could read the path as two different ones; undefined if they can't. */
  readonly ambiguity: string | undefined;
  /** What some servers end it at; undefined if nothing. Counts where the path's end was compared. */
  readonly cut: string | undefined;
}

/** A path that no request may have. */
export interface BadPath {
  readonly kind: "bad";
  readonly why: string;
}

const ESCAPE = /%[0-9A-Fa-f]{2}/g;
const UNRESERVED = /[A-Za-z0-9._~-]/;
/** Visible ASCII without `#`: a fragment never travels. */
const ALLOWED = /^[!-"$-~]*$/;

/**
 * Parses the path and query of a request, as they stand in its first line.
 *
 * @example
 * ```ts
 * import { parsePath } from "./path.ts";
 * const path = parsePath("/%7Erepos/x?y=1");
 * if (path.kind !== "path" || path.path !== "/~repos/x" || path.ambiguity) throw new Error("not normal");
 * ```
 */
export function parsePath(target: string): RequestPath | BadPath {
  if (!target.startsWith("/")) return { kind: "bad", why: "a path begins with a slash" };
  if (!ALLOWED.test(target)) {
    return { kind: "bad", why: "a path holds visible ASCII characters only, and no #" };
  }
  const mark = target.indexOf("?");
  const path = normalise(mark < 0 ? target : target.slice(0, mark));
  const query = mark < 0 ? undefined : target.slice(mark + 1);
  return { kind: "path", path, query, ...findDoubts(path) };
}

/**
 * Whether a route's path holds. `exact`: the normal forms are equal. `prefix`: every segment of the value is, in
 * order, a segment of the path (Gateway API's PathPrefix): `/repos` and `/repos/` hold for `/repos`, `/repos/` and
 * `/repos/x`, not for `/reposx`. `glob`: as {@linkcode matchGlob} says. Upper and lower case differ.
 */
export function matchPath({ type, value }: WrittenPath, path: string): boolean {
  switch (type) {
    case "exact":
      return path === value;
    case "glob":
      return matchGlob(value, path);
    case "prefix": {
      const prefix = value.replace(/\/$/, "");
      return path === prefix || path.startsWith(`${prefix}/`);
    }
  }
  return type satisfies never;
}

/**
 * As {@linkcode matchPath}, for a path of which two servers could make two: that fits only what has it to the letter, or
 * has every path. One that may end earlier fits no `glob` either.
 */
export function holdsPath(
  wanted: WrittenPath,
  { path, ambiguity, cut }: Pick<RequestPath, "path" | "ambiguity" | "cut">,
): boolean {
  const isSafe = wanted.type === "exact" || wanted.value === "/" ||
    ambiguity === undefined && (cut === undefined || wanted.type === "prefix");
  return isSafe && matchPath(wanted, path);
}

/** Whether nothing is left out by it but, with stars, what is ambiguous. */
export function isEveryPath({ type, value }: PathMatch): boolean {
  return type === "prefix" && value === "/" || type === "glob" && /^(?:\/\*\*)+$/.test(value) ||
    type === "regex" && /^\/?\.\*$/.test(value);
}

/** Why a route can't have a path; undefined if it can. */
export function findPathFault(match: WrittenPath): string | undefined {
  const parsed = parsePath(match.value);
  if (parsed.kind === "bad") return parsed.why;
  if (parsed.query !== undefined) return "a path of a route has no query";
  if (parsed.path !== match.value) return `its normal form is ${JSON.stringify(parsed.path)}`;
  if (match.type !== "exact" && parsed.ambiguity) return `it holds ${parsed.ambiguity}`;
  if (match.type === "glob" && parsed.cut) return `it holds ${parsed.cut}`;
  return match.type === "glob" ? findGlobFault(match.value) : undefined;
}

function normalise(path: string): string {
  return path.replace(ESCAPE, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}
