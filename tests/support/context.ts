/** A context for unit tests: a scripted `run`, a clock that stands still, output that is kept. */

import type { Clock, Context } from "../../lib/context.ts";
import type { Duplex, Run, RunOptions, RunResult } from "../../lib/process/run.ts";

/** What a fake program does. */
export type FakeProgram = (
  argv: readonly string[],
  options: RunOptions,
) => Partial<RunResult> | Promise<Partial<RunResult>>;

/** A run that calls `program` instead of starting anything, and keeps each argv. */
export function fakeRun(
  program: FakeProgram = (): Partial<RunResult> => ({}),
): Run & { readonly calls: string[][] } {
  const calls: string[][] = [];
  const run = async (argv: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
    calls.push([...argv]);
    const empty = new Uint8Array();
    return { code: 0, stdout: empty, stderr: empty, ...await program(argv, options) };
  };
  return Object.assign(run, {
    calls,
    duplex: (argv: readonly string[]): Duplex => {
      throw new Error(`the fake run has no duplex: ${argv.join(" ")}`);
    },
    terminal: async (argv: readonly string[]): Promise<number> => (await run(argv)).code,
  });
}

/** A context with fakes; whatever a test needs otherwise is given. */
export function fakeContext(
  given: Partial<Context> = {},
): Context & { readonly printed: { stdout: string; stderr: string } } {
  const printed = { stdout: "", stderr: "" };
  const clock: Clock = {
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    sleep: (_ms, signal) => (signal?.throwIfAborted(), Promise.resolve()),
  };
  return {
    env: () => undefined,
    clock,
    run: fakeRun(),
    out: {
      stdout: (text) => void (printed.stdout += text),
      stdoutBytes: (bytes) => void (printed.stdout += new TextDecoder().decode(bytes)),
      stderr: (text) => void (printed.stderr += text),
      isTerminal: { stdin: false, stdout: false, stderr: false },
      columns: () => 80,
      useColor: false,
    },
    signal: new AbortController().signal,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    cwd: "/nowhere",
    home: "/nowhere/.bot-bottle",
    ...given,
    printed,
  };
}
