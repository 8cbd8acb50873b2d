/** Every group of the section "Credentials". */

import type { Group } from "../case.ts";
import { own } from "./own.ts";

/** One proxy each. */
export const credentialGroups: readonly Group[] = [own];
