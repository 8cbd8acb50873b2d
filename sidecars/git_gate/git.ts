/** How the gate starts git: contract of the runner. */

/** Options of a git that the gate runs. */
export interface GitOptions {
  /** Added to the closed environment; what is there already is replaced. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; default nothing. */
  readonly stdin?: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Ends it, and all that it has started. */
  readonly signal?: AbortSignal;
  /** Ends it so; default an hour. */
  readonly timeoutMs?: number;
  /** Gets each line of stderr as it comes, without its line end. A carriage return ends a line too: progress. */
  readonly onStderr?: (line: string) => void;
  /** Where it may connect to: nowhere (default), or with the upstream's address and key to the upstream. */
  readonly reach?: "nothing" | "upstream";
}

/** How a git ended. */
export interface GitEnd {
  /** Exit code; 128 + signal number if a signal ended it. */
  readonly code: number;
  /** The last 16 KiB. Upstream's words are in it: escape them before anybody sees them. */
  readonly stderr: string;
}

/** What a git left. */
export interface GitResult extends GitEnd {
  /** All of it: at most 64 MiB, or it was ended. */
  readonly stdout: Uint8Array;
}

/** A git that runs. Disposal ends it and all that it has started. */
export interface GitStream extends AsyncDisposable {
  /** To be read to its end, or cancelled. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Never rejects. */
  readonly ended: Promise<GitEnd>;
}
