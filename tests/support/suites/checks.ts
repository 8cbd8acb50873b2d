/** The static checks: what can be said of the code without running it. */

import type { Run } from "../../../lib/process/run.ts";
import type { Trouble } from "../report/report.ts";
import { ROOT } from "./files.ts";

/** The tasks of deno.json, cheapest first. */
const TASKS = ["fmt:check", "lint", "check", "doc:lint"] as const;

/** Runs each check, also after one has failed; gives back what failed. */
export async function runChecks(
  run: Run,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  for (const task of TASKS) {
    let { code, lines } = await runTask(run, signal, task);
    if (code >= 128) {
      // Seen twice: `deno lint` with a plugin dies of SIGSEGV. That says nothing of the code; a second death does count.
      say(`${task}: ended by signal ${code - 128}, once more`);
      ({ code, lines } = await runTask(run, signal, task));
    }
    say(`${task}: ${code === 0 ? "ok" : "failed"}`);
    if (code !== 0) {
      troubles.push({ title: `deno task ${task}`, details: lines.slice(-60).join("\n") });
    }
  }
  return troubles;
}

async function runTask(
  run: Run,
  signal: AbortSignal,
  task: string,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const { code } = await run([Deno.execPath(), "task", "--quiet", "--cwd", ROOT, task], {
    env: { NO_COLOR: "1" },
    onLine: (line) => void lines.push(line),
    signal,
  });
  return { code, lines };
}
