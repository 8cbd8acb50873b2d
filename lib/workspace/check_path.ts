/** Paths that come out of a bottle: what a person's machine must never be made to write. */

import { isDotGit } from "./dot_git.ts";

/** What is wrong with a path. */
export interface PathFault {
  /** `unsafe` is always refused; `names` unless the person accepts it. */
  readonly kind: "unsafe" | "names";
  /** Completes "it …". */
  readonly why: string;
  /** Whether the same path in the person's own commit excuses it. */
  readonly isExcusable: boolean;
}

/** Linux's `PATH_MAX`, in bytes of UTF-8. */
export const MAX_PATH_BYTES = 4096;
/** Linux's `NAME_MAX`, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;
/** Folders in one another. Trees that people make have some twenty. */
export const MAX_DEPTH = 128;

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
/** What turns the direction of text around: a name that reads as another. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const DRIVE = /^[a-z]:/iu;

/**
 * Looks at the path of a file or folder in a tree, as git has it: parts joined by `/`. The first fault, the worst
 * first; undefined if there is none.
 *
 * @example
 * ```ts
 * import { faultOfPath } from "./check_path.ts";
 * if (faultOfPath("src/main.ts") !== undefined) throw new Error("a fine path");
 * if (faultOfPath("a/.GIT/config")?.kind !== "unsafe") throw new Error("a bad one");
 * ```
 */
export function faultOfPath(path: string): PathFault | undefined {
  const never = neverAllowed(path);
  if (never !== undefined) return { kind: "unsafe", why: never, isExcusable: false };
  const dangerous = dangerousToShow(path);
  if (dangerous !== undefined) return { kind: "unsafe", why: dangerous, isExcusable: true };
  const elsewhere = differsElsewhere(path);
  return elsewhere === undefined ? undefined : { kind: "names", why: elsewhere, isExcusable: true };
}

function neverAllowed(path: string): string | undefined {
  if (path === "") return "has no name";
  if (path.startsWith("/")) return "is absolute";
  if (isLonger(path, MAX_PATH_BYTES)) return "is longer than a path can be";
  const parts = path.split("/");
  if (parts.length > MAX_DEPTH) return `lies ${parts.length} folders deep`;
  for (const part of parts) {
    if (isLonger(part, MAX_NAME_BYTES)) return "has a part that is too long for a file's name";
    // Where "\" parts folders it must not hide anything either.
    for (const name of part.split("\\")) {
      if (name === "" && name === part) return "has an empty part";
      // Windows leaves spaces at the end out.
      if (/^\.{1,2} *$/.test(name)) return `has "${name}" in it`;
      if (isDotGit(name)) return `is read as ".git" by some systems`;
    }
  }
  return undefined;
}

function dangerousToShow(path: string): string | undefined {
  return CONTROL.test(path) ? "has control characters in it" : undefined;
}

function differsElsewhere(path: string): string | undefined {
  if (BIDI.test(path)) return "has characters in it that turn text around";
  if (path.includes("\\")) return `has "\\" in it, which parts folders on Windows`;
  if (DRIVE.test(path)) return "begins like a drive of Windows";
  return undefined;
}

/** In bytes of UTF-8: three at most for each of JavaScript's units. A million paths are asked about. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}
