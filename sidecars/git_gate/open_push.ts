/** Where the server's part of a push ends and the push desk's begins. */

import type { Mirror } from "./mirror.ts";

/** Begins a push: called once for each `git-receive-pack` request, after the mirror was refreshed. */
export interface PushOpener {
  /** @param signal aborted when the pusher is gone, or the gate ends */
  begin(mirror: Mirror, signal: AbortSignal): OpenPush;
}

/** A push that is under way. */
export interface OpenPush {
  /** For `git http-backend`: how its hooks find their push, and what is set for it alone (`GIT_CONFIG_COUNT`, …). */
  readonly env: Readonly<Record<string, string>>;
  /** Called once, when `git http-backend` is gone: resolves when what became of the push is recorded. Never rejects. */
  finish(end: PushEnd): Promise<void>;
}

/** How `git http-backend` ended. */
export interface PushEnd {
  /** Its exit code; 128 + signal number. */
  readonly code: number;
  /** The pusher went away, or was silent too long. */
  readonly isCut: boolean;
  /** The last of what it wrote on stderr. */
  readonly stderr: string;
}
