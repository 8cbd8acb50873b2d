/** What a part of a crowd is told, and what it tells: one JSON document a line, each way. */

/** What it is to do, at once. */
export interface CrowdOrder {
  readonly port: number;
  /** Connections. */
  readonly count: number;
  /** Said on each, and nothing after it. */
  readonly text: string;
}

/** What has become of its connections. */
export interface CrowdTally {
  /** Neither refused nor ended. */
  readonly open: number;
  /** Got the answer 429. */
  readonly refused: number;
  /** Ended without it. */
  readonly ended: number;
  /** Never came about. */
  readonly failed: number;
}
