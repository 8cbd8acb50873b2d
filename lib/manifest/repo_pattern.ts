/** The patterns of a repository's rules: refs with their full names, branches by their short ones, paths. */

import { quote } from "./problem.ts";
import type { Fault } from "./shape.ts";

const MAX_LENGTH = 512;
/** What git allows in a ref's name (check-ref-format), and `*` for any characters. */
// deno-lint-ignore no-control-regex -- git refuses them, and a pattern with one would never fit
const FORBIDDEN = /[\x00-\x20\x7f~^:?[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^\.|\.$|\/$|^\//;
const PUSHABLE = /^refs\/(?:heads|tags)\/./;

/** What is wrong with an entry of `rules.refs`; undefined if nothing. */
export function findRefFault(value: string): Fault | undefined {
  const fault = findNameFault(value);
  if (fault !== undefined) return fault;
  if (PUSHABLE.test(value)) return undefined;
  return value.startsWith("refs/")
    ? { why: "is outside of refs/heads/ and refs/tags/, where alone a push goes" }
    : {
      why: `must be a whole name, not ${quote(value)}`,
      hint: `Write refs/heads/${value.replace(/^heads\//, "")}`,
    };
}

/** What is wrong with an entry of `rules.protected`; undefined if nothing. */
export function findBranchFault(value: string): Fault | undefined {
  const fault = findNameFault(value);
  if (fault !== undefined) return fault;
  return value.startsWith("refs/") && !PUSHABLE.test(value)
    ? { why: "is outside of refs/heads/ and refs/tags/, where alone a push goes" }
    : undefined;
}

/** `main` is `refs/heads/main`. */
export function fullRef(value: string): string {
  return value.startsWith("refs/") ? value : `refs/heads/${value}`;
}

/** What is wrong with an entry of `rules.approve_paths`; undefined if nothing. */
export function findPathFault(value: string): Fault | undefined {
  if (value === "" || value.length > MAX_LENGTH) {
    return { why: `must have 1 to ${MAX_LENGTH} characters` };
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)) {
    return { why: "must hold no control characters" };
  }
  if (value.startsWith("/")) {
    return { why: "must not begin with a slash", hint: "Paths begin at the repository's root" };
  }
  if (value.split("/").some((segment) => segment === "." || segment === "..")) {
    return { why: 'must have no "." or ".." for a segment' };
  }
  return value.endsWith("/")
    ? { why: "names a folder, which git has none of", hint: `Write ${value}**` }
    : undefined;
}

function findNameFault(value: string): Fault | undefined {
  if (value === "" || value.length > MAX_LENGTH) {
    return { why: `must have 1 to ${MAX_LENGTH} characters` };
  }
  return FORBIDDEN.test(value) || value.startsWith("-")
    ? { why: "holds what no ref's name can hold" }
    : undefined;
}
