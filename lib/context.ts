/** What a function may touch of the outside: handed in, so that tests hand in their own. */

import type { Run } from "./process/run.ts";

/** Time, so that tests can hold it still. */
export interface Clock {
  /** The present. */
  now(): Date;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Results go to `stdout`, talk goes to `stderr`. Text is written as it is, without a line end added. */
export interface Output {
  /** Writes a result. */
  stdout(text: string): void;
  /** Writes a result that need not be text: a patch has the bytes of the files. */
  stdoutBytes(bytes: Uint8Array): void;
  /** Writes talk. */
  stderr(text: string): void;
  /** Which of the three a person sits at. */
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** Columns of the terminal; 80 where there is none. */
  columns(): number;
  /** Whether escape sequences are wanted. */
  readonly useColor: boolean;
}

/** Made once by `main` and passed down. */
export interface Context {
  /** The host's variables; a look-up, so that nobody enumerates them. */
  readonly env: (name: string) => string | undefined;
  /** Time. */
  readonly clock: Clock;
  /** Starts programs. */
  readonly run: Run;
  /** Where results and talk go. */
  readonly out: Output;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array;
  /** The working directory, absolute. */
  readonly cwd: string;
  /** `BOT_BOTTLE_HOME`, absolute; default `~/.bot-bottle`. */
  readonly home: string;
}
