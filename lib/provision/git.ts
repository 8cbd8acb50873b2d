/** The guest's git: who commits. */

import type { Bottle } from "../bottle.ts";
import type { GitUser } from "../manifest/types.ts";
import { runInGuest } from "./run_in_guest.ts";
import type { ProvisionOptions } from "./step.ts";

/** For `sh -c`; takes key, value, key, value …: a value reaches git as an argument, whatever is in it. */
export const GIT_SCRIPT = `while [ "$#" -gt 0 ]; do
  git config --global "$1" "$2" || exit
  shift 2
done`;

/** The settings of a git user as key, value, key, value …; empty if nothing is set. */
export function gitUserSettings(user: GitUser): readonly string[] {
  return [
    ...user.name === undefined ? [] : ["user.name", user.name.value],
    ...user.email === undefined ? [] : ["user.email", user.email.value],
  ];
}

/** Sets `user.name` and `user.email` for node, as far as the manifest does. @throws {BottleError} `provision-git` */
export async function configureGit(
  bottle: Bottle,
  user: GitUser,
  options: ProvisionOptions = {},
): Promise<void> {
  const settings = gitUserSettings(user);
  if (settings.length === 0) return;
  await runInGuest(bottle, ["sh", "-c", GIT_SCRIPT, "configure-git", ...settings], {
    code: "provision-git",
    purpose: "set the git user",
    hint: "Install git in the image, or leave out git-gate.user",
    user: "node",
    signal: options.signal,
  });
}
