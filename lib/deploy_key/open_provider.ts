/** Which forge is spoken to how. */

import { openGitea } from "./gitea.ts";
import type { DeployKeyProvider, OpenProvider, ProviderOptions } from "./provider.ts";
import type { ForgeName } from "./record.ts";

const PROVIDERS: Readonly<Record<ForgeName, OpenProvider>> = { gitea: openGitea };

/** Opens the deploy keys of one repository. */
export function openProvider(forge: ForgeName, options: ProviderOptions): DeployKeyProvider {
  return PROVIDERS[forge](options);
}
