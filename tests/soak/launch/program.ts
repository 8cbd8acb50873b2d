/** The program in a process group of its own, so that a signal can reach it as a terminal's Ctrl-C does. */

import { programArgv, type TestHome } from "../../e2e/cli/program.ts";

/** One command line that runs. */
export interface Launched {
  readonly ended: Promise<
    { readonly code: number; readonly stdout: string; readonly stderr: string }
  >;
  /** @param toGroup also to the programs that it has started */
  signal(signal: Deno.Signal, toGroup: boolean): void;
}

/** Starts it. */
export function launch(home: TestHome, args: readonly string[]): Launched {
  const [program = "", ...argv] = programArgv(...args);
  const child = new Deno.Command(program, {
    args: argv,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { BOT_BOTTLE_HOME: home.folder, NO_COLOR: "1" },
    detached: true,
  }).spawn();
  const ended = (async () => {
    const [stdout, stderr, { code }] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.status,
    ]);
    return { code, stdout, stderr };
  })();
  return {
    ended,
    signal: (signal, toGroup) => {
      try {
        Deno.kill(toGroup ? -child.pid : child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    },
  };
}
