/** The names that some file system takes for `.git`: whoever may write below it runs programs on the person's machine. */

/** Code points that HFS+ leaves out when it compares names (git's `is_hfs_dotgit`, Apple's TN1150). */
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

/** NTFS: a stream of the file (`.git::$INDEX_ALLOCATION`), then dots and spaces that it leaves out. */
const NTFS_TAIL = /(?::.*)?$/su;
const NTFS_IGNORED_END = /[ .]+$/u;

/**
 * A name as the most forgiving file system would compare it: without what HFS+ ignores, NTFS's streams and endings, case, and
 * compatibility forms.
 */
export function plainestName(name: string): string {
  const plain = name.replace(HFS_IGNORED, "").normalize("NFKC").toLowerCase();
  const whole = plain.replace(NTFS_TAIL, "");
  return whole.replace(NTFS_IGNORED_END, "");
}

/**
 * Whether a name, one part of a path, means `.git` somewhere: in any case, with characters that HFS+ ignores, or as NTFS's
 * short name (`git~1`).
 *
 * @example
 * ```ts
 * import { isDotGit } from "./dot_git.ts";
 * if (!isDotGit(".GIT ") || isDotGit(".github")) throw new Error("wrong");
 * ```
 */
export function isDotGit(name: string): boolean {
  const plain = plainestName(name);
  return plain === ".git" || /^git~\d+$/.test(plain);
}

/** The same for `.gitmodules`, whose short names go up to 4 and then begin with a hash (git's `is_ntfs_dot_generic`). */
export function isDotGitmodules(name: string): boolean {
  const plain = plainestName(name);
  return plain === ".gitmodules" || /^gitmod~\d+$/.test(plain) ||
    /^gi7eb[0-9a-f]*~\d+$/.test(plain);
}
