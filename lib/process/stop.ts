/** Ending a program: the one place that decides how. */

/** The part of a child process that ending it takes. */
export interface Stoppable {
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  readonly status: Promise<unknown>;
}

/** How long a program may take to end by itself after TERM, in milliseconds. */
export const GRACE_MS = 2_000;

/**
 * Ends a program: TERM, a wait, KILL. Resolves when it has ended; one that has ended already is no error.
 *
 * @param graceMs the wait between TERM and KILL
 */
export async function stopProcess(child: Stoppable, graceMs = GRACE_MS): Promise<void> {
  if (!send(child, "SIGTERM")) return void await child.status;
  const { promise: waited, resolve } = Promise.withResolvers<"waited">();
  const timer = setTimeout(() => resolve("waited"), graceMs);
  try {
    if (await Promise.race([child.status, waited]) === "waited") send(child, "SIGKILL");
  } finally {
    clearTimeout(timer);
  }
  await child.status;
}

/** False if there was nobody left to get the signal. */
function send(child: Stoppable, signal: "SIGTERM" | "SIGKILL"): boolean {
  try {
    child.kill(signal);
    return true;
  } catch (error) {
    // Deno says `TypeError: Child process has already terminated`, the kernel ESRCH, when the program was quicker.
    if (error instanceof TypeError || error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
