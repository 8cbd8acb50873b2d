/** The section "HTTP" of the threat list. */

import { httpGroups } from "./http/all.ts";
import { testGroup } from "./run_group.ts";

httpGroups.forEach(testGroup);
