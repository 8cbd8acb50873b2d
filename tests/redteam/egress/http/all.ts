/** Every group of the section "HTTP". */

import type { Group } from "../case.ts";
import { framing } from "./framing.ts";
import { certificates } from "./certificates.ts";
import { chunks } from "./chunks.ts";
import { head } from "./head.ts";
import { limits } from "./limits.ts";
import { methods } from "./methods.ts";
import { places } from "./places.ts";
import { responses } from "./responses.ts";

/** One proxy each. */
export const httpGroups: readonly Group[] = [
  framing,
  head,
  chunks,
  places,
  methods,
  responses,
  certificates,
  limits,
];
