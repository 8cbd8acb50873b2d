/** Why a path may be one place to egress and another to the server behind it. */

/** Of a path in normal form. */
export interface PathDoubts {
  /** What makes two paths of it; undefined: nothing. */
  readonly ambiguity: string | undefined;
  /** What some servers end it at: harmless below a prefix, and not where its end was compared. */
  readonly cut: string | undefined;
}

/** Escapes of bytes that are no ASCII. */
const FOREIGN = /(?:%[89A-F][0-9A-F])+/g;
/**
 * What becomes a slash or a backslash where a path is squeezed into an older character set (the best-fit tables of
 * Windows' code pages), or looks like one; NFKC leaves them.
 */
const SLASH_ALIKE = /[\u00a5\u2044\u20a9\u2215\u2216\u29f5\u29f8\u29f9]/;
/** Left out by some servers and file systems before they compare. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const STRUCTURAL = /[/\\%;]/;

/** First fit is the one told. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/%(?![0-9A-F]{2})/, "a percent sign without two hex digits"],
  [/%25[0-9A-Fa-f]{2}/, "an escape inside an escape"],
  [/%(?:2F|5C)|\\/, "an encoded slash or a backslash"],
  [/%(?:[01][0-9A-F]|7F)|[\u0080-\u009f]/, "an encoded control character"],
  [/;|%3B/, "a semicolon, which some servers cut a segment at"],
  [/\/\//, "an empty segment"],
  // Also beside spaces, and before an encoded `?` or `#`: a server that decodes and parses again ends the segment there.
  [/\/(?:\s|%20)*\.(?:\s|%20)*\.?(?:\s|%20)*(?:\/|%(?:3F|23)|[?#]|$)/, "a dot segment"],
];

/**
 * Looks at a path in normal form as lenient servers read it: characters beyond ASCII decoded, folded by compatibility
 * (NFKC) and, where they can't be seen, left out.
 *
 * @example
 * ```ts
 * import { findDoubts } from "./path_ambiguity.ts";
 * if (findDoubts("/a/%EF%BC%8E%EF%BC%8E/b").ambiguity !== "a dot segment") throw new Error("full-width dots");
 * ```
 */
export function findDoubts(path: string): PathDoubts {
  const read = path.includes("%") ? readForeign(path) : { text: path };
  // As it stands first: what is left out may have kept a percent sign and its digits apart.
  const ambiguity = findRule(path) ??
    ("why" in read ? read.why : read.text === path ? undefined : findRule(read.text));
  const cut = /%(?:3F|23)|[?#]/.test("why" in read ? path : read.text)
    ? "an encoded question mark or number sign, which some servers end a path at"
    : undefined;
  return { ambiguity, cut };
}

function findRule(text: string): string | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}

function readForeign(path: string): { readonly text: string } | { readonly why: string } {
  let why: string | undefined;
  const text = path.replace(FOREIGN, (escapes) => {
    const decoded = decode(escapes);
    if (decoded === undefined) {
      // Overlong forms too: a lenient decoder makes a dot or a slash of %C0%AE or %E0%80%AF, or leaves the bytes out.
      why ??= "bytes that are no UTF-8";
      return "";
    }
    const folded = decoded.normalize("NFKC");
    if (STRUCTURAL.test(folded) || SLASH_ALIKE.test(decoded)) {
      why ??= "a character that some servers take for a slash, a percent sign or a semicolon";
    }
    return folded.replace(IGNORABLE, "");
  });
  return why === undefined ? { text } : { why };
}

function decode(escapes: string): string | undefined {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return undefined;
  }
}
