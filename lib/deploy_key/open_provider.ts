/** Which forge is spoken to how. */

import type { ForgeName } from "../git_gate/repo_key.ts";
import { openGitea } from "./gitea.ts";
import { openGitHub } from "./github.ts";
import { openGitLab } from "./gitlab.ts";
import type { DeployKeyProvider, OpenProvider, ProviderOptions } from "./provider.ts";

const PROVIDERS: Readonly<Record<ForgeName, OpenProvider>> = {
  gitea: openGitea,
  github: openGitHub,
  gitlab: openGitLab,
};

/** Opens the deploy keys of one repository. */
export function openProvider(forge: ForgeName, options: ProviderOptions): DeployKeyProvider {
  return PROVIDERS[forge](options);
}
