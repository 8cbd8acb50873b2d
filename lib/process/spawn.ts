/** Starting a program, with the errors that this can meet. */

import { BottleError, ExitCode } from "../errors.ts";

/** Where a child's three streams go. */
export type Stdio = "piped" | "inherit" | "null";

/** Options of {@linkcode spawn}. */
export interface SpawnOptions {
  readonly stdin: Stdio;
  readonly stdout: Stdio;
  readonly stderr: Stdio;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Default where we are. */
  readonly cwd?: string | undefined;
  /** Nothing is inherited. Default false. */
  readonly clearEnv?: boolean | undefined;
  /**
   * Give it a session of its own, so that Ctrl-C in the terminal reaches us only: an engine call that is cut in the
   * middle may still take effect later, behind the back of the undo. Then nothing can ask at the terminal either.
   */
  readonly ownSession: boolean;
}

/** Starts a program by an argument array. @throws {BottleError} `program-missing` */
export function spawn(argv: readonly string[], options: SpawnOptions): Deno.ChildProcess {
  const [program, ...args] = argv;
  if (program === undefined || program === "") {
    throw new TypeError("An argument array begins with a program");
  }
  try {
    return new Deno.Command(program, {
      args,
      stdin: options.stdin,
      stdout: options.stdout,
      stderr: options.stderr,
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      clearEnv: options.clearEnv ?? false,
      detached: options.ownSession,
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new BottleError(`No program "${program}"`, {
        code: "program-missing",
        exitCode: ExitCode.cannotStart,
        hint: `Install it, or put its folder on PATH`,
        cause: error,
      });
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new BottleError(`Cannot run "${program}": not permitted`, {
        code: "program-missing",
        exitCode: ExitCode.cannotStart,
        hint: "Make the file executable for this user",
        cause: error,
      });
    }
    throw error;
  }
}
