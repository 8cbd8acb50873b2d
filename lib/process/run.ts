/** How the rest of the program asks for another program to be run: the contract, without the doing. */

/** What a finished program left. */
export interface RunResult {
  /** Exit code; 128 + signal number if a signal ended it. */
  readonly code: number;
  /** All of it, or the first `keepBytes`. */
  readonly stdout: Uint8Array;
  /** All of it, or the first `keepBytes`. */
  readonly stderr: Uint8Array;
}

/** Options of {@linkcode Run}. */
export interface RunOptions {
  /** What the program reads; nothing (closed) unless told. */
  readonly stdin?: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Variables added to the inherited environment: the way for values that must not be on an argv. */
  readonly env?: Readonly<Record<string, string>>;
  /** Start with `env` alone, nothing inherited: then PATH must be in it. Default false. */
  readonly clearEnv?: boolean;
  /** Where it is started; default where we are. */
  readonly cwd?: string;
  /**
   * Leaves the program in the person's session, with our stdin and stderr as its own: it may ask for a passphrase. Nothing of
   * stderr comes back then, and `stdin` is not used. Default false.
   */
  readonly atTerminal?: boolean;
  /** Called with each whole line of stderr and stdout as it comes, without its line end. */
  readonly onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** Keep this many bytes of stdout and of stderr, each; the rest is read, told by `onLine`, and let go. Default all. */
  readonly keepBytes?: number;
  /** Ends the program: TERM, a wait, KILL. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Like `signal`, after this time; rejects with a `BottleError` of code `timeout`. */
  readonly timeoutMs?: number;
}

/** Options of {@linkcode Run.duplex}. */
export type DuplexOptions = Pick<RunOptions, "env" | "clearEnv" | "signal">;

/** A program that is running with its stdin and stdout as streams: the control channel's carrier. */
export interface Duplex extends AsyncDisposable {
  /** The program's stdout. */
  readonly readable: ReadableStream<Uint8Array>;
  /** The program's stdin. */
  readonly writable: WritableStream<Uint8Array>;
  /** Resolves when the program has ended; `stderr` holds its last 4 KiB. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
}

/** Starts programs. Argument arrays only: nothing here is read by a shell. */
export interface Run {
  /** Runs to the end and collects. Never throws for a non-zero exit; throws a `BottleError` `program-missing` if there is no such program. */
  (argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Starts and hands over the streams. */
  duplex(argv: readonly string[], options?: DuplexOptions): Duplex;
  /** Gives the program the person's terminal (inherited stdio) until it ends; returns its exit code. */
  terminal(
    argv: readonly string[],
    options?: Pick<RunOptions, "env" | "signal">,
  ): Promise<number>;
}
