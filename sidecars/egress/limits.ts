/** Times and counts of the proxy. */

/** Limits of one proxy; tests hand in smaller ones. */
export interface EngineLimits {
  /** Client connections at once; one more is refused with 429. */
  readonly connections: number;
  /** From the first byte of a head to its end: a slow sender holds a connection no longer. */
  readonly headMs: number;
  /** Between two requests of a connection, and between two pieces of a request's body. */
  readonly idleMs: number;
  /** For TCP and TLS to one address of an upstream. */
  readonly connectMs: number;
  /** An upstream's silence: models think for minutes before the first byte. */
  readonly silenceMs: number;
  /** What is still read from a client whose answer came early, so that a reset does not take the answer with it. */
  readonly lingerMs: number;
  /** Idle upstream connections for one name, address and port. */
  readonly idlePerOrigin: number;
  /** How long an idle upstream connection is kept: below the 60 s after which many servers close. */
  readonly pooledMs: number;
}

/** What is in force unless told otherwise. */
export const defaultLimits: EngineLimits = {
  connections: 1000,
  headMs: 10_000,
  idleMs: 60_000,
  connectMs: 10_000,
  silenceMs: 600_000,
  lingerMs: 2_000,
  idlePerOrigin: 32,
  pooledMs: 30_000,
};
