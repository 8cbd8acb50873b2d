/** Every group of the section "HTTP". */

import type { Group } from "../case.ts";
import { codedBodies } from "./coded.ts";
import { framing } from "./framing.ts";
import { certificates } from "./certificates.ts";
import { chunks } from "./chunks.ts";
import { head } from "./head.ts";
import { http2Bodies } from "./http2_bodies.ts";
import { http2Fields } from "./http2_fields.ts";
import { http2Floods, http2Frames } from "./http2_frames.ts";
import { limits } from "./limits.ts";
import { methods } from "./methods.ts";
import { passthrough } from "./passthrough.ts";
import { places } from "./places.ts";
import { responses } from "./responses.ts";
import { websockets } from "./websockets.ts";

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
  http2Fields,
  http2Bodies,
  http2Frames,
  http2Floods,
  websockets,
  passthrough,
  codedBodies,
];
