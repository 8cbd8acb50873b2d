/** Times and counts of the proxy. */

import { defaultHttp2Limits, type Http2Limits } from "../../lib/egress/http2/limits.ts";

/** Limits of one proxy; tests hand in smaller ones. */
export interface EngineLimits {
  /** Client connections at once; one more is refused with 429. */
  readonly connections: number;
  /** Exchanges at once, on all connections; one more is refused with 429. */
  readonly inFlight: number;
  /** From the first byte of a head to its end: a slow sender holds a connection no longer. */
  readonly headMs: number;
  /** Between two requests of a connection, and between two pieces of a request's body. */
  readonly idleMs: number;
  /** For TCP to one address of an upstream, and for TLS with it. */
  readonly connectMs: number;
  /** For all addresses of an upstream together, from the look-up to the end of TLS. */
  readonly connectInAllMs: number;
  /** How long an address is waited for before the next is tried beside it. */
  readonly staggerMs: number;
  /** Connections to one upstream at once; one more is refused with 429. */
  readonly connectionsPerOrigin: number;
  /** An upstream's silence: models think for minutes before the first byte. */
  readonly silenceMs: number;
  /** A whole exchange, a WebSocket's or a passthrough's life too: it ends then, whatever it is doing. */
  readonly totalMs: number;
  /** What is still read from a client whose answer came early, so that a reset does not take the answer with it. */
  readonly lingerMs: number;
  /**
   * Idle upstream connections for one name and port. Few would cost more than they spare: Deno 2.9.6 keeps one of its 32 blocking threads
   * for 100 ms at each close of a TLS connection, and the audit's rows wait for a thread too.
   */
  readonly idlePerOrigin: number;
  /** How long an idle upstream connection is kept: below the 60 s after which many servers close. */
  readonly pooledMs: number;
  /** How long one connection serves requests: what moves to another address is followed. */
  readonly reusedMs: number;
  /** Of each connection of HTTP/2, on either side. */
  readonly http2: Http2Limits;
}

/** What is in force unless told otherwise. */
export const defaultLimits: EngineLimits = {
  connections: 1000,
  inFlight: 2_000,
  headMs: 10_000,
  idleMs: 60_000,
  connectMs: 10_000,
  connectInAllMs: 20_000,
  // RFC 8305, section 5.
  staggerMs: 250,
  connectionsPerOrigin: 512,
  silenceMs: 600_000,
  totalMs: 24 * 3_600_000,
  lingerMs: 2_000,
  idlePerOrigin: 256,
  pooledMs: 30_000,
  reusedMs: 600_000,
  http2: defaultHttp2Limits,
};
