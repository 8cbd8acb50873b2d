/** The name of a repository in a manifest: what the gate serves it under. */

import type { Fault } from "./shape.ts";

/** As `GateRepo.name` has it; {@linkcode findRepoNameFault} knows more. */
export const REPO_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What is wrong with a name; undefined if nothing. Two names never differ only in case or `.git`. */
export function findRepoNameFault(value: string): Fault | undefined {
  if (isGood(value)) return undefined;
  const lower = value.toLowerCase();
  const plain = lower.replace(/(?:\.git)+$/, "");
  if (!isGood(plain)) {
    return {
      why: "can't be a repository's name",
      hint:
        "A name has a-z, 0-9, dots, - and _, begins with a letter or a digit, has at most 64 characters and no two dots together",
    };
  }
  return {
    why: value === lower ? "ends in .git" : "has upper case in its name",
    hint: `Write ${plain}: names that differ only in that are one`,
  };
}

/** git takes no folder for a repository whose name ends so. */
function isGood(name: string): boolean {
  return REPO_NAME.test(name) && !/\.\.|\.$|\.git$|\.lock$/.test(name);
}
