/** Every attack that a script in the agent's container makes. */

import type { GitCase } from "../case.ts";
import { hidingCases } from "./hiding.ts";
import { refCases } from "./refs.ts";
import { secretCases } from "./secrets.ts";
import { sizeCases } from "./size.ts";
import { wayCases } from "./ways.ts";

/** In the order of their kinds. */
export const gitCases: readonly GitCase[] = [
  ...secretCases,
  ...hidingCases,
  ...refCases,
  ...sizeCases,
  ...wayCases,
];
