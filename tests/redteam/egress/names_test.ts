/** The section "Names and addresses" of the threat list. */

import { nameGroups } from "./names/all.ts";
import { testGroup } from "./run_group.ts";

nameGroups.forEach(testGroup);
