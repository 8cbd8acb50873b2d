/** Running a program to its end and keeping what it printed. */

import { concatBytes } from "../concat_bytes.ts";
import { BottleError, ExitCode } from "../errors.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { RunOptions, RunResult } from "./run.ts";
import { spawn } from "./spawn.ts";
import { stopProcess } from "./stop.ts";

/** How long output may still come after a program was ended, in milliseconds: a grandchild may hold the pipe. */
const DRAIN_MS = 500;

/** The call of the `Run` contract. */
export async function collect(
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { stdin, atTerminal = false } = options;
  options.signal?.throwIfAborted();
  using limit = timeLimit(argv, options);
  const child = spawn(argv, {
    stdin: atTerminal ? "inherit" : stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: atTerminal ? "inherit" : "piped",
    ownSession: !atTerminal,
    cwd: options.cwd,
    env: options.env,
    clearEnv: options.clearEnv,
  });
  const drained = new AbortController();
  const fed = stdin === undefined || atTerminal ? undefined : feed(child.stdin, stdin);
  const read = (from: "stdout" | "stderr"): Promise<Uint8Array> =>
    readAll(child[from], drained.signal, lineSink(options, from), options.keepBytes);
  const stdout = read("stdout");
  const stderr = atTerminal ? Promise.resolve(new Uint8Array()) : read("stderr");
  const ended = Promise.all([child.status, stdout, stderr]);
  const aborted = onAbort(limit.signal);
  try {
    const result = await Promise.race([ended, aborted.promise]);
    if (result === undefined) throw limit.signal.reason;
    const [status, out, err] = result;
    return { code: status.code, stdout: out, stderr: err };
  } catch (error) {
    await stopProcess(child);
    throw error;
  } finally {
    aborted.forget();
    const timer = setTimeout(() => drained.abort(), DRAIN_MS);
    await Promise.allSettled([ended, stdout, stderr]);
    clearTimeout(timer);
    await fed?.cancel();
  }
}

/** The caller's signal and the time limit in one. */
function timeLimit(
  argv: readonly string[],
  options: RunOptions,
): { readonly signal: AbortSignal } & Disposable {
  const own = new AbortController();
  const { timeoutMs } = options;
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
    own.abort(
      new BottleError(`"${argv[0]}" did not end within ${timeoutMs} ms`, {
        code: "timeout",
        exitCode: ExitCode.timeout,
      }),
    );
  }, timeoutMs);
  return {
    signal: options.signal === undefined
      ? own.signal
      : AbortSignal.any([options.signal, own.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** Resolves on abort; `forget` takes the listener away. */
function onAbort(signal: AbortSignal): { promise: Promise<undefined>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const listener = (): void => resolve(undefined);
  if (signal.aborted) listener();
  signal.addEventListener("abort", listener, { once: true });
  return { promise, forget: () => signal.removeEventListener("abort", listener) };
}

/** Writes stdin beside the reading; `cancel` after the program's end. */
function feed(
  into: WritableStream<Uint8Array>,
  from: NonNullable<RunOptions["stdin"]>,
): { cancel: () => Promise<void> } {
  const source = from instanceof ReadableStream ? from : ReadableStream.from([
    typeof from === "string" ? new TextEncoder().encode(from) : from,
  ]);
  const over = new AbortController();
  // A program may end without having read all: what it did not want is no error of ours; its exit code tells.
  const done = source.pipeTo(into, { signal: over.signal }).catch(() => {});
  return {
    cancel: async () => {
      over.abort();
      await done;
    },
  };
}

function lineSink(options: RunOptions, from: "stdout" | "stderr"): LineSplitter | undefined {
  const { onLine } = options;
  return onLine === undefined ? undefined : new LineSplitter((line) => onLine(line, from));
}

async function readAll(
  stream: ReadableStream<Uint8Array>,
  stop: AbortSignal,
  lines: LineSplitter | undefined,
  keepBytes = Infinity,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let left = keepBytes;
  const reader = stream.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  stop.addEventListener("abort", cancel, { once: true });
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      // A copy, for a view would keep the whole chunk.
      const kept = next.value.length <= left ? next.value : next.value.slice(0, left);
      if (kept.length > 0) chunks.push(kept);
      left -= kept.length;
      lines?.push(next.value);
    }
    lines?.end();
  } finally {
    // After a call-back's error nobody reads on, and the pipe must not stay open.
    await reader.cancel().catch(() => {});
    stop.removeEventListener("abort", cancel);
  }
  return concatBytes(chunks);
}
