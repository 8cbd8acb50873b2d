/** Every attack. The tests go through them, and so do the controls. */

import type { Attack } from "./attack.ts";
import { directAttacks } from "./direct.ts";
import { insideAttacks } from "./inside.ts";
import { nameAttacks } from "./names.ts";
import { neighbourAttacks } from "./neighbours.ts";
import { proxyAttacks } from "./proxy.ts";
import { routeAttacks } from "./routes.ts";

/** In the order of the least to bring up again after. */
export const attacks: readonly Attack[] = [
  ...directAttacks,
  ...nameAttacks,
  ...proxyAttacks,
  ...routeAttacks,
  ...neighbourAttacks,
  ...insideAttacks,
];
