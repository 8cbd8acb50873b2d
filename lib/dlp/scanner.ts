/** What looks for secrets in something that is about to leave. The detectors of requests will stand behind it too. */

/** A text to look through: one file, message or name of a push. */
export interface ScanPart {
  /** Chosen by the caller, to know a finding's part by. */
  readonly id: number;
  /** Any bytes. Lines that are not new are empty, so that line numbers hold. */
  readonly bytes: Uint8Array;
}

/** Something that was found. It never quotes what was found. */
export interface Finding {
  readonly part: number;
  /** The rule's id: of gitleaks, or `known-secret`. */
  readonly rule: string;
  /** What was found in words: the rule's description, or which of the bottle's credentials. */
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

/** Looks through parts one after the other. */
export interface Scanner {
  /**
   * @throws {BottleError} `scan-failed`: it could not be done, which is never a pass
   */
  scan(parts: AsyncIterable<ScanPart>, signal: AbortSignal): Promise<readonly Finding[]>;
}
