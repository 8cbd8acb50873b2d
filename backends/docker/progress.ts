/** A launch's steps as progress shows them. */

import type { Progress, ProgressStep } from "../backend.ts";

/** Runs `work` as one step: ended well by its result, or shown as failed. */
export async function during<T>(
  progress: Progress,
  name: string,
  work: (step: ProgressStep) => Promise<T>,
): Promise<T> {
  using step = progress.step(name);
  const result = await work(step);
  step.done();
  return result;
}
