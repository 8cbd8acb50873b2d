/** What a process holds, from proc(5). */

import { median } from "../../bench/start/stats.ts";

/** One look at it. */
export interface Vitals {
  /** Resident memory, MiB. */
  readonly rssMiB: number;
  /** Open descriptors. */
  readonly fds: number;
}

/** Looks. @throws when the process is gone */
export async function readVitals(pid: number): Promise<Vitals> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const fds = await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`));
  return { rssMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024, fds: fds.length };
}

/** The first quarter of a run is warm-up; the last may lie this far above the second. */
export const MAX_GROWTH = 1.15;

/** Medians of a run's quarters, and the last in relation to the second. */
export function memoryGrowth(
  samples: readonly number[],
): { readonly quarters: readonly number[]; readonly growth: number } {
  const quarter = samples.length / 4;
  const quarters = [0, 1, 2, 3].map((nth) =>
    median(samples.slice(Math.floor(nth * quarter), Math.floor((nth + 1) * quarter)))
  );
  return { quarters, growth: (quarters[3] ?? NaN) / (quarters[1] ?? NaN) };
}
