/** Several at once. */

/** Runs so many to their ends, so that nothing goes on behind the next job's back. @throws the first failure, after the last has ended */
export async function together(
  count: number,
  work: () => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(Array.from({ length: count }, work));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
