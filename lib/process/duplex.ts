/** A program whose stdin and stdout stay open as streams, with the kernel's pipe as back-pressure. */

import type { Duplex, DuplexOptions } from "./run.ts";
import { spawn } from "./spawn.ts";
import { stopProcess } from "./stop.ts";

/** How much of stderr is kept, in bytes. */
const STDERR_TAIL = 4 * 1024;
/** How long stderr may still come after the program's end, in milliseconds. */
const DRAIN_MS = 500;
/** How long a program may take to read the rest of its stdin before it is ended, in milliseconds. */
const FLUSH_MS = 2_000;

/** `Run.duplex`. Disposal closes the program's stdin, and ends it if that is not enough. */
export function startDuplex(
  argv: readonly string[],
  options: DuplexOptions = {},
): Duplex {
  options.signal?.throwIfAborted();
  const child = spawn(argv, {
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ownSession: true,
    env: options.env,
    clearEnv: options.clearEnv,
  });
  const tail = startTail(child.stderr);
  const abort = (): void => void stopProcess(child);
  options.signal?.addEventListener("abort", abort, { once: true });
  const ended = child.status.then(async (status) => {
    options.signal?.removeEventListener("abort", abort);
    return { code: status.code, stderr: await tail.last() };
  });
  return {
    readable: child.stdout,
    writable: child.stdin,
    ended,
    async [Symbol.asyncDispose](): Promise<void> {
      // Either may be locked by whoever uses it, or closed already: the program's end settles both.
      if (!child.stdin.locked) await within(FLUSH_MS, child.stdin.close().catch(() => {}));
      if (!child.stdout.locked) await child.stdout.cancel().catch(() => {});
      await stopProcess(child);
      await ended;
    },
  };
}

/** Waits for it so long: a program that reads nothing never takes what was written to it last. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Reads on, keeping the end. `last` waits a moment for the rest: a grandchild may hold the pipe open for ever. */
function startTail(stream: ReadableStream<Uint8Array>): { last: () => Promise<string> } {
  let tail = new Uint8Array();
  const reader = stream.getReader();
  const read = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const both = new Uint8Array(tail.length + next.value.length);
      both.set(tail);
      both.set(next.value, tail.length);
      tail = both.slice(-STDERR_TAIL);
    }
  };
  const done = read().catch(() => {});
  return {
    last: async (): Promise<string> => {
      const timer = setTimeout(() => void reader.cancel().catch(() => {}), DRAIN_MS);
      await done;
      clearTimeout(timer);
      return new TextDecoder().decode(tail);
    },
  };
}
