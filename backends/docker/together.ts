/** Doing independent things at once, without leaving one behind when another fails. */

/**
 * Starts all tasks; the first failure aborts the signal that the others were given. Resolves or rejects only when
 * every task has settled, so that an undo never overlaps what it undoes. The first failure is the one that is thrown.
 */
export async function together<T extends readonly ((signal: AbortSignal) => Promise<unknown>)[]>(
  signal: AbortSignal,
  tasks: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<ReturnType<T[K]>> }>;
export async function together(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<unknown[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const failures: unknown[] = [];
  const results = await Promise.all(tasks.map(async (task) => {
    try {
      return await task(either);
    } catch (error) {
      failures.push(error);
      failed.abort(error);
      return undefined;
    }
  }));
  if (failures.length > 0) throw signal.aborted ? signal.reason : failures[0];
  return results;
}
