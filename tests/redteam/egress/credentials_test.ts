/** The section "Credentials" of the threat list. */

import { credentialGroups } from "./credentials/all.ts";
import { testGroup } from "./run_group.ts";

credentialGroups.forEach(testGroup);
