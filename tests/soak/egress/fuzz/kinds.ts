/** All kinds of mutated traffic. */

import type { FuzzKind } from "./case.ts";
import { hostileHttp1 } from "./hostile_http1.ts";
import { hostileHttp2 } from "./hostile_http2.ts";
import { http1Requests } from "./http1_requests.ts";
import { http2Fields, http2Frames } from "./http2_requests.ts";
import { clientFrames, upstreamFrames } from "./websocket.ts";

/** All of them. */
export const FUZZ_KINDS: readonly [FuzzKind, ...FuzzKind[]] = [
  http1Requests,
  http2Fields,
  http2Frames,
  hostileHttp1,
  hostileHttp2,
  clientFrames,
  upstreamFrames,
];
