/**
 * The `Run` that starts real programs, on `Deno.Command`.
 *
 * Not on dax, which was tried (npm 0.48.3 and 0.49.0): there a program that a signal ended comes back with exit code 0
 * (`code ?? 0` in its spawn), so an engine client that the kernel's out-of-memory killer took would count as a
 * success; an argv that begins with `cat`, `rm` or `test` runs a built-in of its own instead of the program; and its
 * pipes are buffers without back-pressure. An argument array needs no shell, and `Deno.Command` costs nothing to load.
 */

import { collect } from "./collect.ts";
import { startDuplex } from "./duplex.ts";
import type { Run } from "./run.ts";
import { runInTerminal } from "./terminal.ts";

/** Makes a {@linkcode Run}. Needs Deno's `--allow-run`, whole or with `docker`, `git` and what credentials come from. */
export function createRun(): Run {
  return Object.assign(collect.bind(undefined), { duplex: startDuplex, terminal: runInTerminal });
}
