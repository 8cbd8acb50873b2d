/** What the search and its watcher of processes say to each other: JSON lines. */

import type { Hit } from "./byte_scanner.ts";
import type { NeedleText } from "./needle.ts";

/** To the watcher. The needles come first; from then on it samples every process's argv. */
export type WatchRequest =
  | { readonly kind: "needles"; readonly needles: readonly NeedleText[] }
  /** Process ids as the engine's host sees them. */
  | { readonly kind: "scan"; readonly pids: readonly number[] }
  | { readonly kind: "argv" };

/** What was found in one process. */
export interface ProcessHits {
  readonly pid: number;
  /** Its argv's first word. */
  readonly program: string;
  readonly environment: readonly Hit[];
  readonly memory: readonly Hit[];
  /** Bytes of memory that were read. */
  readonly memoryBytes: number;
}

/** From the watcher. */
export type WatchAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "scan"; readonly processes: readonly ProcessHits[] }
  /** All that was seen since the needles came. */
  | { readonly kind: "argv"; readonly samples: number; readonly hits: readonly Hit[] };
