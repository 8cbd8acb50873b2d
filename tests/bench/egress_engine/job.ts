/** What the load generator is told, and what it tells. */

/** One run. */
export interface LoadJob {
  /** Undefined: straight to the origin. */
  readonly proxyPort?: number;
  readonly originPort: number;
  readonly caPem: string;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Latencies in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly megabytesPerSecond: number;
}
