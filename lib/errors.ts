/** The one error class. Whatever else reaches `main` is a bug, and is reported as one. */

/** A place in a file: 1-based line and column. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
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
  override readonly name = "BottleError";
  readonly code: string;
  readonly exitCode: number;
  readonly hint: string | undefined;
  readonly place: SourcePlace | undefined;
  readonly details: readonly string[];

  constructor(message: string, options: BottleErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details ?? [];
  }
}
