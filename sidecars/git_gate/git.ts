/** How the gate starts git: always closed in, always bounded, and ended with all that it has started. */

import { concatBytes } from "../../lib/concat_bytes.ts";
import { BottleError } from "../../lib/errors.ts";
import { gitEnvironment } from "../../lib/git_gate/git_environment.ts";
import { SSH_ALIAS } from "../../lib/git_gate/ssh_config.ts";
import { startStreamed, type Streamed, type StreamedEnd } from "../../lib/process/streamed.ts";

/** Options of a git that the gate runs. */
export interface GitOptions {
  /** Added to the closed environment; what is there already is replaced. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; default nothing. */
  readonly stdin?: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Ends it, and all that it has started. */
  readonly signal?: AbortSignal;
  /** Ends it so, with the exit code `TIMED_OUT` of `lib/process/streamed.ts`; whole seconds; default an hour. */
  readonly timeoutMs?: number;
  /** Gets each line of stderr as it comes, without its line end. A carriage return ends a line too: progress. */
  readonly onStderr?: (line: string) => void;
  /** Where it may connect to: nowhere (default), or with the upstream's address and key to the upstream. */
  readonly reach?: "nothing" | "upstream";
}

/** How a git ended; its stderr may have the upstream's words in it: escape them before anybody sees them. */
export type GitEnd = StreamedEnd;

/** What a git left. */
export interface GitResult extends GitEnd {
  /** All of it: at most 64 MiB. */
  readonly stdout: Uint8Array;
}

/** A git that runs. Disposal ends it and all that it has started. */
export interface GitStream extends AsyncDisposable {
  /** To be read to its end, or cancelled. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Never rejects. */
  readonly ended: Promise<GitEnd>;
}

/** Where a runner's configurations lie; `upstream` and `ssh` are one upstream's. */
export interface GitFiles {
  readonly serve: string;
  readonly upstream: string;
  readonly ssh: string;
}

const GIT = "/usr/bin/git";
const SSH = "/usr/bin/ssh";
const LIMIT_MS = 3_600_000;
/** The bundle has 1 GiB for all; a git that is led to take more ends alone. */
const DATA_BYTES = 512 * 1024 ** 2;
const MAX_OUTPUT = 64 * 1024 ** 2;

/** Starts git; with an upstream's files, also towards that. */
export class GitRunner {
  readonly #files: GitFiles;

  constructor(files: GitFiles) {
    this.#files = files;
  }

  /** Starts it with its stdin open; `options.stdin` is not looked at. */
  start(args: readonly string[], options: Omit<GitOptions, "stdin"> = {}): Streamed {
    return this.#start(args, options, true);
  }

  /** Starts it, and hands over its stdout as it comes. */
  stream(args: readonly string[], options: GitOptions = {}): GitStream {
    const { stdin } = options;
    const running = this.#start(args, options, stdin !== undefined);
    if (stdin === undefined) return running;
    const over = new AbortController();
    const source = stdin instanceof ReadableStream ? stdin : ReadableStream.from([
      typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin,
    ]);
    // A git may end without having read all: its exit code tells.
    const fed = source.pipeTo(running.stdin, { signal: over.signal }).catch(() => {});
    const finish = async (): Promise<void> => {
      over.abort();
      await fed;
    };
    return {
      stdout: running.stdout,
      ended: running.ended.finally(finish),
      [Symbol.asyncDispose]: async () => {
        await running[Symbol.asyncDispose]();
        await finish();
      },
    };
  }

  /**
   * Runs it to its end. Never throws for a non-zero exit.
   *
   * @throws {BottleError} `git-output`; the signal's reason
   */
  async run(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
    await using running = this.stream(args, options);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of running.stdout) {
      pieces.push(piece);
      size += piece.length;
      if (size > MAX_OUTPUT) {
        throw new BottleError(`"git ${args[0]}" wrote more than can be read`, {
          code: "git-output",
        });
      }
    }
    const end = await running.ended;
    options.signal?.throwIfAborted();
    return { ...end, stdout: concatBytes(pieces) };
  }

  /** Runs ssh towards the upstream, with nothing to do there; its words are all that counts. */
  async ssh(args: readonly string[], timeoutMs: number): Promise<StreamedEnd> {
    const { serve, ssh } = this.#files;
    await using running = startStreamed([SSH, "-F", ssh, ...args, SSH_ALIAS, "true"], {
      env: gitEnvironment({ configFile: serve }),
      cwd: "/",
      limitMs: timeoutMs,
      dataBytes: DATA_BYTES,
    });
    await running.stdout.cancel();
    return await running.ended;
  }

  #start(args: readonly string[], options: GitOptions, hasStdin: boolean): Streamed {
    const { reach = "nothing", env, signal, onStderr, timeoutMs = LIMIT_MS } = options;
    const { serve, upstream, ssh } = this.#files;
    const closed = gitEnvironment(
      reach === "upstream" ? { configFile: upstream, sshConfigFile: ssh } : { configFile: serve },
    );
    return startStreamed([GIT, ...args], {
      env: { ...closed, ...env },
      cwd: "/",
      hasStdin,
      limitMs: timeoutMs,
      dataBytes: DATA_BYTES,
      ...(signal === undefined ? {} : { signal }),
      ...(onStderr === undefined ? {} : { onStderr }),
    });
  }
}
