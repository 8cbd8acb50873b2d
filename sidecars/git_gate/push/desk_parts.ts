/** What all pushes share. */

import type { PushFinding } from "../../../lib/git_gate/push_record.ts";
import type { AuditSender } from "../../audit/audit_sender.ts";
import type { ScanPush } from "../scan/push_to_scan.ts";
import type { HeldPacks } from "./held_packs.ts";

/** What a push is served with. */
export interface DeskParts {
  readonly scan: ScanPush;
  /** Findings as lines for the pusher's terminal. */
  readonly tellFindings: (findings: readonly PushFinding[]) => readonly string[];
  readonly audit: Pick<AuditSender, "waitForPlace" | "isRecording" | "reserve" | "add">;
  readonly packs: HeldPacks;
  /** A folder in which git finds no objects: the quarantine of a push that brings none. */
  readonly noObjects: string;
  /** Aborted when the gate ends. */
  readonly closing: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Gets errors that are no push's fault. */
  readonly onBug: (error: unknown) => void;
}
