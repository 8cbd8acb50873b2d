/** Progress that nobody watches. */

import type { Progress } from "../../backends/backend.ts";

/** Shows nothing. */
export const silentProgress: Progress & Disposable = {
  step: () => ({ line: () => undefined, done: () => undefined, [Symbol.dispose]: () => undefined }),
  [Symbol.dispose]: () => undefined,
};
