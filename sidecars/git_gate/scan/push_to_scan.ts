/** What the push desk asks of the scan, and what it gets. */

import type { PushFinding } from "../../../lib/git_gate/push_record.ts";
import type { Mirror } from "../mirror.ts";

/**
 * Looks for secrets in all that a push would make new to its upstream, before it is forwarded.
 *
 * @throws {BottleError} `scan-failed`: it could not be done, so the push can't pass; the signal's reason
 */
export type ScanPush = (push: PushToScan, signal: AbortSignal) => Promise<ScanResult>;

/** A push in quarantine. */
export interface PushToScan {
  /** It was refreshed, and nobody writes to it meanwhile. */
  readonly mirror: Mirror;
  /** As git's `pre-receive` hook has it. */
  readonly quarantine: QuarantineEnv;
  /** Only those that the rules let through; deletions too. */
  readonly commands: readonly PushCommand[];
  /** Push options that would be handed on. */
  readonly options?: readonly string[];
}

/** One ref to be updated. */
export interface PushCommand {
  /** Full name. */
  readonly ref: string;
  /** Object id in hex; all zeroes: the ref is new. */
  readonly old: string;
  /** Object id in hex; all zeroes: the ref is to be deleted. */
  readonly new: string;
}

/** Where git finds the objects of a push: variables of its `pre-receive` hook. */
export interface QuarantineEnv {
  /** The quarantine. */
  readonly GIT_OBJECT_DIRECTORY: string;
  /** The mirror's own objects. */
  readonly GIT_ALTERNATE_OBJECT_DIRECTORIES: string;
  /** The quarantine again: it tells git that refs must not change now. */
  readonly GIT_QUARANTINE_PATH: string;
}

/** What a scan came to. */
export interface ScanResult {
  /** Empty: it may pass. */
  readonly findings: readonly PushFinding[];
  /** Objects that the push would make new. */
  readonly objects: number;
}
