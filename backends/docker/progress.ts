/** A launch's steps as progress shows them. */

import type { Progress, ProgressStep } from "../backend.ts";

/** Runs `work` as one step: ended well by its result, or shown as failed. @param note a word on the result */
export async function during<T>(
  progress: Progress,
  name: string,
  work: (step: ProgressStep) => Promise<T>,
  note: (result: T) => string | undefined = () => undefined,
): Promise<T> {
  using step = progress.step(name);
  const result = await work(step);
  step.done(note(result));
  return result;
}
