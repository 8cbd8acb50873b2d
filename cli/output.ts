/** The process's own stdout and stderr. */

import type { Output } from "../lib/context.ts";

/** What decides about colours. */
export interface ColorWish {
  /** `--no-color`. */
  readonly noColor: boolean;
  /** `NO_COLOR`, `TERM`. */
  readonly env: (name: string) => string | undefined;
}

/** Writes at once and whole: what is printed before a crash is on the screen. */
export function createOutput(wish: ColorWish): Output {
  const isTerminal = {
    stdin: Deno.stdin.isTerminal(),
    stdout: Deno.stdout.isTerminal(),
    stderr: Deno.stderr.isTerminal(),
  };
  const plain = wish.noColor || (wish.env("NO_COLOR") ?? "") !== "" || wish.env("TERM") === "dumb";
  return {
    stdout: (text) => writeText(Deno.stdout, text),
    stdoutBytes: (bytes) => writeWhole(Deno.stdout, bytes),
    stderr: (text) => {
      try {
        writeText(Deno.stderr, text);
      } catch (error) {
        // The terminal was closed: what is still to be done must not end because nobody is told of it.
        if (!isGone(error)) throw error;
      }
    },
    isTerminal,
    columns: () => isTerminal.stdout || isTerminal.stderr ? Deno.consoleSize().columns || 80 : 80,
    useColor: !plain && isTerminal.stdout && isTerminal.stderr,
  };
}

interface Sink {
  writeSync(bytes: Uint8Array): number;
}

function writeText(stream: Sink, text: string): void {
  writeWhole(stream, new TextEncoder().encode(text));
}

function writeWhole(stream: Sink, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}

/** What the kernel says of a terminal that is closed: EIO. */
function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EIO";
}
