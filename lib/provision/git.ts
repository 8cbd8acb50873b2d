/** The guest's git: who commits, and the way to declared repositories. */

import type { Bottle, GuestEntry } from "../bottle.ts";
import { guestGitConfig } from "../git_gate/guest_config.ts";
import type { GitUser } from "../manifest/types.ts";
import type { BottlePlan } from "../plan/plan.ts";
import { routesToHost } from "../plan/routes_to_host.ts";
import { runInGuest } from "./run_in_guest.ts";
import type { ProvisionOptions } from "./step.ts";

/**
 * For `sh -c`; takes key, value, pattern, key, value, pattern …: a value reaches git as an argument, whatever is in it, and
 * takes the place of those that the pattern finds.
 */
export const GIT_SCRIPT = `while [ "$#" -gt 0 ]; do
  git config --global --replace-all "$1" "$2" "$3" || exit
  shift 3
done`;

/** Finds every value. */
const ANY = "";

/** The settings of a git user as key, value, pattern …; empty if nothing is set. */
export function gitUserSettings(user: GitUser): readonly string[] {
  return [
    ...user.name === undefined ? [] : ["user.name", user.name.value, ANY],
    ...user.email === undefined ? [] : ["user.email", user.email.value, ANY],
  ];
}

/** Includes the gate's file from node's own configuration, once, however often the bottle starts. */
export function includeSettings(
  plan: Pick<BottlePlan, "gitGate" | "guestHome">,
): readonly string[] {
  if (plan.gitGate.repos.length === 0) return [];
  const file = gateConfigFile(plan);
  return ["include.path", file, `^${file.replace(/[.[\]*^$\\+?(){}|]/g, "\\$&")}$`];
}

/**
 * The file that leads git to the gate; none for a bottle that never had repositories. Written anew at every start: what
 * is no longer declared is gone from it.
 */
export function gateConfigEntries(
  { plan, endpoints }: Pick<Bottle, "plan" | "endpoints">,
  { again = false }: ProvisionOptions = {},
): readonly GuestEntry[] {
  const { egress, gitGate: { repos } } = plan;
  if (repos.length === 0 && !again) return [];
  const content = guestGitConfig(
    repos.map((repo) => ({
      ...repo,
      isOpen: routesToHost(repo.upstream.host, egress.routes).length > 0,
    })),
    endpoints.gitGate,
  );
  return [{ path: gateConfigFile(plan), mode: 0o644, content }];
}

/**
 * Sets `user.name` and `user.email` for node, as far as the manifest does, and includes the gate's file.
 *
 * @throws {BottleError} `provision-git`
 */
export async function configureGit(
  bottle: Bottle,
  plan: Pick<BottlePlan, "gitGate" | "guestHome">,
  options: ProvisionOptions = {},
): Promise<void> {
  const settings = [...gitUserSettings(plan.gitGate.user), ...includeSettings(plan)];
  if (settings.length === 0) return;
  await runInGuest(bottle, ["sh", "-c", GIT_SCRIPT, "configure-git", ...settings], {
    code: "provision-git",
    purpose: "configure git",
    hint: "Install git in the image, or leave out git-gate",
    user: "node",
    signal: options.signal,
  });
}

function gateConfigFile({ guestHome }: Pick<BottlePlan, "guestHome">): string {
  return `${guestHome}/.bot-bottle/git-gate.gitconfig`;
}
