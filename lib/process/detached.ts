/** A program of our own that goes on when we have ended and the terminal is closed. */

import { LineSplitter } from "./line_splitter.ts";

/** What {@linkcode startDetached} starts. */
export interface DetachedSpec {
  /** Program and arguments; anybody on the machine may read them. */
  readonly argv: readonly string[];
  /** Its whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it works: a folder that it may keep from being unmounted. */
  readonly cwd: string;
}

/** A program that was let go. */
export interface DetachedProcess {
  readonly pid: number;
  /** Writes all that it will ever read, and closes its stdin. */
  tell(text: string): Promise<void>;
  /** Its first line; undefined if it ends, or closes its stdout, before it says one. */
  readonly firstLine: Promise<string | undefined>;
  /** Ends it. One that has ended is no error. */
  kill(): void;
}

/**
 * Starts a program in a session of its own: neither Ctrl-C nor a hang-up of the terminal reaches it. It holds none of our streams but a stdin that
 * is read once and a stdout that is listened to for a line. Nobody waits for it.
 *
 * @throws what the kernel says when it can't
 */
export function startDetached({ argv, env, cwd }: DetachedSpec): DetachedProcess {
  const [program = "", ...args] = argv;
  const child = new Deno.Command(program, {
    args,
    cwd,
    clearEnv: true,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  return {
    pid: child.pid,
    tell: async (text) => {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    },
    firstLine: firstLineOf(child.stdout),
    kill: () => {
      try {
        child.kill("SIGTERM");
      } catch (error) {
        // "Child process has already terminated".
        if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

async function firstLineOf(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let line: string | undefined;
  const splitter = new LineSplitter((text) => line ??= text);
  const reader = stream.getReader();
  try {
    while (line === undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      splitter.push(value);
    }
    return line;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
