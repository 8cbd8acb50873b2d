/**
 * The path of a request: its normal form, what makes it ambiguous, and how a route's paths are compared with it.
 */

import { findGlobFault, matchGlob } from "./path_glob.ts";
import { compilePattern } from "./pattern.ts";
import type { PathMatch } from "./route.ts";

/** A path that was understood. */
export interface RequestPath {
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

/** First fit is the one told. A path of a route may hold none of them. */
const ambiguities: readonly (readonly [RegExp, string])[] = [
  [/%(?![0-9A-F]{2})/, "a percent sign without two hex digits"],
  [/%25[0-9A-Fa-f]{2}/, "an escape inside an escape"],
  [/%(?:2F|5C)|\\/, "an encoded slash or a backslash"],
  [/%(?:[01][0-9A-F]|7F)/, "an encoded control character"],
  // Overlong forms: a lenient decoder makes a dot or a slash of %C0%AE or %E0%80%AF.
  [/%(?:C[01]|E0%[89]|F0%8|F[5-9A-F])/, "bytes that are no UTF-8"],
  [/;|%3B/, "a semicolon, which some servers cut a segment at"],
  [/\/\//, "an empty segment"],
  // Also before an encoded `?`, `#` or space: a server that decodes and parses again ends the segment there.
  [/\/\.{1,2}(?:\/|%(?:3F|23|20)|$)/, "a dot segment"],
];

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
  const ambiguity = ambiguities.find(([pattern]) => pattern.test(path))?.[1];
  return { kind: "path", path, query: mark < 0 ? undefined : target.slice(mark + 1), ambiguity };
}

/**
 * Whether a route's path holds. `exact`: the normal forms are equal. `prefix`: every segment of the value is, in
 * order, a segment of the path (Gateway API's PathPrefix): `/repos` and `/repos/` hold for `/repos`, `/repos/` and
 * `/repos/x`, not for `/reposx`. `glob`: as {@linkcode matchGlob} says. Upper and lower case differ.
 */
export function matchPath({ type, value }: PathMatch, path: string): boolean {
  switch (type) {
    case "exact":
      return path === value;
    case "glob":
      return matchGlob(value, path);
    case "regex":
      return compilePattern(value)(path);
    case "prefix": {
      const prefix = value.replace(/\/$/, "");
      return path === prefix || path.startsWith(`${prefix}/`);
    }
  }
  return type satisfies never;
}

/**
 * As {@linkcode matchPath}, for a path of which two servers could make two: that fits only what has it to the letter, or
 * has every path.
 */
export function holdsPath(
  wanted: PathMatch,
  { path, ambiguity }: Pick<RequestPath, "path" | "ambiguity">,
): boolean {
  const isSafe = ambiguity === undefined || wanted.type === "exact" || wanted.value === "/";
  return isSafe && matchPath(wanted, path);
}

/** Whether nothing is left out by it but, with stars, what is ambiguous. */
export function isEveryPath({ type, value }: PathMatch): boolean {
  return type === "prefix" && value === "/" || type === "glob" && /^(?:\/\*\*)+$/.test(value);
}

/** Why a route can't have a path; undefined if it can. */
export function findPathFault(match: PathMatch): string | undefined {
  const parsed = parsePath(match.value);
  if (parsed.kind === "bad") return parsed.why;
  if (parsed.query !== undefined) return "a path of a route has no query";
  if (parsed.path !== match.value) return `its normal form is ${JSON.stringify(parsed.path)}`;
  if (match.type !== "exact" && parsed.ambiguity) return `it holds ${parsed.ambiguity}`;
  return match.type === "glob" ? findGlobFault(match.value) : undefined;
}

function normalise(path: string): string {
  return path.replace(ESCAPE, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}
