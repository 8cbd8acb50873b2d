/** How long init waits before it starts a daemon again. */

/** The first wait, in milliseconds. */
export const FIRST_DELAY_MS = 100;
/** The longest wait, in milliseconds. */
export const LAST_DELAY_MS = 10_000;
/** A daemon that ran so long, in milliseconds, is taken for sound: the next wait is the first again. */
export const STABLE_MS = 60_000;

/**
 * The wait before the next start: doubled with each death, up to the longest.
 *
 * @param previousMs the wait before the start that just ended; null if there was none
 * @param ranMs how long the daemon ran
 */
export function nextDelay(previousMs: number | null, ranMs: number): number {
  if (previousMs === null || ranMs >= STABLE_MS) return FIRST_DELAY_MS;
  return Math.min(previousMs * 2, LAST_DELAY_MS);
}
