/** Times for people. */

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000]] as const;

/** An age or a length in its biggest unit, rounded down: `3d`, `2h`, `5m`, `0s`. */
export function roughDuration(ms: number): string {
  for (const [unit, size] of UNITS) {
    if (ms >= size) return `${Math.floor(ms / size)}${unit}`;
  }
  return "0s";
}

/** Elapsed time of a step, with tenths below a minute: `0.4s`, `1m12s`. */
export function elapsed(ms: number): string {
  if (ms < 60_000) return `${(Math.floor(Math.max(0, ms) / 100) / 10).toFixed(1)}s`;
  return `${Math.floor(ms / 60_000)}m${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}s`;
}
