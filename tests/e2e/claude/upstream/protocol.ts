/** What test and upstream say to each other: JSON lines over the upstream's stdin and stdout. */

import type { Expected } from "./check.ts";
import type { Subject } from "./turns.ts";

/** The first line on stdin. */
export interface UpstreamConfig extends Expected {
  readonly subject: Subject;
  readonly cert_pem: string;
  readonly key_pem: string;
  /** Turns before whose events the upstream waits for a line `go`, sending pings. */
  readonly holdBefore: readonly number[];
}

/** What the upstream saw: a line on stdout for each request. Holds no credential. */
export interface RequestRecord {
  readonly kind: "request";
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly credential: "real" | "placeholder" | "other" | "none";
  /** Whether a placeholder stood anywhere in target, headers or body. */
  readonly placeholderSeen: boolean;
  readonly status: number;
  /** Number of the turn that was played; null if none was. */
  readonly turn: number | null;
  /** What was wrong; null if nothing was. */
  readonly fault: string | null;
}

/** The other lines on stdout. */
export type UpstreamLine =
  | RequestRecord
  | { readonly kind: "ready" }
  | { readonly kind: "holding"; readonly turn: number };
