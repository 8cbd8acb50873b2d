/** Getting images from registries. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { Engine } from "./engine.ts";
import { engineError, EngineErrorCode, isOfEngine, printableLines } from "./errors.ts";

/** Options of {@linkcode pullImage}. */
export interface PullOptions {
  /** Each line of the engine's progress, control characters escaped. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Enough of what the engine says for an error. */
const KEEP_BYTES = 64 * 1024;

/**
 * Has the engine fetch an image, also one that it has: a tag may mean another image today.
 *
 * @throws {BottleError} `image-unavailable`; what `engineError` knows of the engine itself
 */
export async function pullImage(
  engine: Engine,
  reference: string,
  options: PullOptions = {},
): Promise<void> {
  const args = ["pull", reference];
  const result = await engine.raw(args, {
    keepBytes: KEEP_BYTES,
    onLine: (line) => {
      for (const text of printableLines(line)) options.onLine?.(text);
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (result.code === 0) return;
  const cause = engineError(args, result);
  if (isOfEngine(cause)) throw cause;
  throw new BottleError(`Cannot pull the image "${reference}"`, {
    code: EngineErrorCode.baseImageMissing,
    exitCode: ExitCode.cannotStart,
    hint: "Check its name and that its registry can be reached; a private one needs `docker login`",
    details: cause.details,
    cause,
  });
}
