/** Names of refs as a push may have them. */

/** Where alone a push may write. */
const PUSHABLE = /^refs\/(?:heads|tags)\/(?=.)/;
/** What git-check-ref-format(1) forbids. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const FORBIDDEN = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|\.$|\/$/;
/** Invisible, or turning the text around: who reads the name would see another. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{fffd}]/u;
/** What a file system takes for a name, with `.lock` behind it. */
const MAX_BYTES = 250;

/**
 * Why a ref may not be pushed whatever the rules say; undefined: it may.
 *
 * @param ref its full name, decoded as UTF-8 with U+FFFD for what is none
 *
 * @example
 * ```ts
 * import { findRefNameFault } from "./ref_name.ts";
 * if (findRefNameFault("refs/heads/a") !== undefined || !findRefNameFault("refs/notes/a")) throw new Error("wrong");
 * ```
 */
export function findRefNameFault(ref: string): string | undefined {
  if (UNSAFE.test(ref)) return "its name holds characters that can't be seen, or is no UTF-8";
  if (!PUSHABLE.test(ref)) return "only refs/heads/ and refs/tags/ are pushed";
  if (FORBIDDEN.test(ref)) return "it is no name that git allows";
  if (new TextEncoder().encode(ref).length > MAX_BYTES) {
    return `its name is longer than ${MAX_BYTES} bytes`;
  }
  const name = ref.replace(PUSHABLE, "");
  if (name.split("/").some((part) => part.startsWith("-"))) {
    return "a part of its name begins with -, which programs take for an option";
  }
  // git looks for refs/heads/a below refs/heads/ and refs/tags/ too: whoever pushes the one would write the other.
  if (name.startsWith("refs/")) {
    return "its name below refs/heads/ or refs/tags/ is another ref's full name";
  }
  return ref.startsWith("refs/heads/") && name === "HEAD"
    ? "a branch of this name hides what HEAD is"
    : undefined;
}

/**
 * Whether a full name fits a pattern of a rule: `*` stands for any characters, slashes too.
 *
 * @param pattern a full name: `refs/heads/bot/*`
 */
export function fitsRefPattern(pattern: string, ref: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return ref === first;
  if (!ref.startsWith(first) || !ref.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = ref.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= ref.length - last.length;
}
