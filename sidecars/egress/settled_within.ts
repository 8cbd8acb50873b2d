/** Waiting for what may never end. */

/** Waits until all have settled, at most so long; whether they failed is no matter here. */
export async function settledWithin(ms: number, works: readonly Promise<unknown>[]): Promise<void> {
  if (ms === 0) return;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.resolve(), ms);
  await Promise.race([Promise.allSettled(works), late.promise]);
  clearTimeout(timer);
}
