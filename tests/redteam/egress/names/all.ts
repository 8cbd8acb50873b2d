/** Every group of the section "Names and addresses". */

import type { Group } from "../case.ts";
import { addresses, loopback } from "./addresses.ts";
import { literals } from "./literals.ts";
import { spellings } from "./spellings.ts";
import { waysRound } from "./ways_round.ts";

/** One proxy each. */
export const nameGroups: readonly Group[] = [literals, spellings, addresses, loopback, waysRound];
