/** Mutated requests of HTTP/1.1: in plain connections, some in tunnels. */

import { mutatedRequest } from "../mutate.ts";
import { type FuzzCase, type FuzzKind, show } from "./case.ts";
import { openPlain, openTunnel, sayAll } from "./connections.ts";

/** One in so many goes through TLS, which costs a handshake. */
const TUNNEL_PART = 1 / 8;

/** The kind. */
export const http1Requests: FuzzKind = {
  name: "HTTP/1.1 requests",
  weight: 6,
  batch: 16,
  isCounted: true,
  make(random, { upstream: { tlsPort, plainPort } }): FuzzCase {
    const isTunnelled = random.chance(TUNNEL_PART);
    const authority = `127.0.0.1:${isTunnelled ? tlsPort : plainPort}`;
    const pieces = mutatedRequest(random, authority, isTunnelled);
    return {
      count: 1,
      run: (subject) =>
        sayAll(() => isTunnelled ? openTunnel(subject, tlsPort) : openPlain(subject), pieces),
      describe: () => show(pieces),
    };
  },
};
