/** What a disk says when it takes no more, in words that a person can act on. */

import { BottleError } from "../errors.ts";

/** The words of the kernel's errors, by name (errno(3)). */
const WORDS: Readonly<Record<string, readonly [code: string, why: string, hint: string]>> = {
  ENOSPC: ["disk-full", "no space is left on the disk", "Free some space, then try again"],
  EDQUOT: ["disk-full", "your quota on the disk is used up", "Free some space, then try again"],
  EROFS: [
    "not-writable",
    "the file system is read-only",
    "Set BOT_BOTTLE_HOME to a folder of yours",
  ],
  EACCES: ["not-writable", "permission denied", "Set BOT_BOTTLE_HOME to a folder of yours"],
};

/** An error of writing `file` as a {@linkcode BottleError}; one that is none of the disk's comes back as it is. */
export function asWriteFailure(error: unknown, file: string): unknown {
  const name = error instanceof Error && "code" in error ? String(error.code) : "";
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (words === undefined) return error;
  const [code, why, hint] = words;
  return new BottleError(`Cannot write ${JSON.stringify(file)}: ${why}`, {
    code,
    hint,
    cause: error,
  });
}
