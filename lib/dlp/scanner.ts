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
  /** The part's id. */
  readonly part: number;
  /** The rule's id. */
  readonly rule: string;
  /** What was found in words: the rule's description. */
  readonly what: string;
  /** Where it begins: from 1. */
  readonly line: number;
  /** Where it ends. */
  readonly endLine: number;
  /** A comment in the text asks scanners to look away. */
  readonly isAllowedByComment: boolean;
}

/** A scan of many parts. Disposal ends what it has started, and leaves nothing. */
export interface TextScan extends AsyncDisposable {
  /**
   * Takes one more part; returns when there is room for the next.
   *
   * @throws {BottleError} `scan-failed`: it could not be done, which is never a pass
   */
  add(part: ScanPart): Promise<void>;
  /** What was found, once all of it is looked through. @throws as {@linkcode TextScan.add} */
  finish(): Promise<readonly Finding[]>;
}
