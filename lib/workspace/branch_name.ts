/** Names of branches that a person, or a default, gives. */

import { BottleError, ExitCode } from "../errors.ts";

/** A branch's name that is fit for `refs/heads/`. */
export type BranchName = string & { readonly brand: "BranchName" };

/** What `git check-ref-format` refuses, and what a shell or a terminal would trip over. */
const FORBIDDEN =
  /[\s~^:?*[\\'"`$\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^[-./]|[./]$|^@$/u;
const RESERVED = /^(?:HEAD|refs\/.*)$/;
const MAX_BYTES = 200;

/** Whether a text may name a branch. */
export function isBranchName(text: string): text is BranchName {
  return text !== "" && !FORBIDDEN.test(text) && !RESERVED.test(text) &&
    new TextEncoder().encode(text).length <= MAX_BYTES;
}

/** @throws {BottleError} `branch-invalid` */
export function parseBranchName(text: string): BranchName {
  if (isBranchName(text)) return text;
  throw new BottleError(`Not a branch's name: ${JSON.stringify(text.slice(0, MAX_BYTES))}`, {
    code: "branch-invalid",
    exitCode: ExitCode.usage,
    hint: "Take letters, digits, dots, dashes and slashes, as in bot/reviewer-4k2pz",
  });
}
