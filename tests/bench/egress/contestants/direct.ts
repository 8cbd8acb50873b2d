/** No proxy: what the client, the origin and the machine can do. */

import type { Contestant, Surroundings } from "../contestant.ts";

/** Nothing to start. */
export function startDirect(
  { originPort, promptPort, originCaPem }: Surroundings,
): Promise<Contestant> {
  return Promise.resolve({
    name: "direct",
    way: { proxyPort: null, originPort, promptPort, caPem: originCaPem },
    pid: null,
    auditFile: null,
    redacts: false,
    on: ["no proxy: client and origin alone"],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
