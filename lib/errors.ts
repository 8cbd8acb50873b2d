/** The one error class. Whatever else reaches `main` is a bug, and is reported as one. */

/** A place in a file: 1-based line and column. */
export interface SourcePlace {
  /** Path, as the person would type it. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** What {@linkcode BottleError} takes besides its message. */
export interface BottleErrorOptions {
  /** Stable, kebab-case, for programs: `manifest-invalid`, `docker-unreachable`. */
  readonly code: string;
  /** One of {@linkcode ExitCode}; 1 unless told. */
  readonly exitCode?: number;
  /** What to do about it: one line. */
  readonly hint?: string;
  /** Where in a file the trouble is. */
  readonly place?: SourcePlace;
  /** More lines that belong to the message: a build's last lines, a list of problems. */
  readonly details?: readonly string[];
  /** What it came from; shown with --verbose. */
  readonly cause?: unknown;
}

/** Exit codes of the program. `run` and `exec` pass on the command's own. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  timeout: 124,
  cannotStart: 125,
  interrupted: 130,
} as const;

/**
 * An error that a person can act on. The message is a sentence without a full stop, with values quoted; it never
 * holds a credential.
 *
 * @example
 * ```ts
 * import { BottleError } from "./errors.ts";
 * const error = new BottleError(`No agent "reviewr"`, { code: "agent-unknown", hint: `Did you mean "reviewer"?` });
 * if (error.exitCode !== 1) throw error;
 * ```
 */
export class BottleError extends Error {
  /** Tells it from other errors in a stack. */
  override readonly name = "BottleError";
  /** Stable, kebab-case. */
  readonly code: string;
  /** One of {@linkcode ExitCode}. */
  readonly exitCode: number;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** Where in a file the trouble is. */
  readonly place: SourcePlace | undefined;
  /** More lines that belong to the message. */
  readonly details: readonly string[];

  /** Makes the error; nothing of it may hold a credential. */
  constructor(message: string, options: BottleErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details ?? [];
  }
}
