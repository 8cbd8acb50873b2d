/** Keeping a mirror's packs few: each push and each fetch leaves one more, and every git opens them all. */

import type { Mirror } from "./mirror.ts";
import { sizesOfPacks } from "./mirror_files.ts";

/** So many cost a git some milliseconds. */
const MAX_PACKS = 50;
/** What may come to a mirror, besides as much as it has, before what no ref leads to any more is looked for. */
const GROWTH = 1024 ** 3;
const LIMIT_MS = 300_000;

/** Options of {@linkcode tidyPacks}. */
export interface TidyOptions {
  /** What it answered the last time; undefined: it was never asked. */
  readonly before: number | undefined;
  readonly signal: AbortSignal;
  /** Bytes; default 1 GiB. */
  readonly growth?: number;
}

/**
 * Where there are many packs, rolls up those that are small beside the rest, so that a big one is seldom written again. Where
 * they have grown far beyond what they were, leaves out what no ref leads to: a branch that is pushed and deleted, over and
 * over, would fill the disk. Packs of pushes that are under way stay as they are: git keeps them. If it fails there are many
 * packs, and that is all.
 *
 * @returns bytes from which the next growth counts
 */
export async function tidyPacks(
  mirror: Pick<Mirror, "folder" | "git" | "exclusive">,
  { before, signal, growth = GROWTH }: TidyOptions,
): Promise<number> {
  const sizes = await sizesOfPacks(mirror.folder);
  const bytes = sum(sizes);
  const base = before ?? bytes;
  const isBig = bytes > 2 * base + growth;
  if (sizes.length <= MAX_PACKS && !isBig) return base;
  const options = { signal, timeoutMs: LIMIT_MS };
  return await mirror.exclusive(async () => {
    await mirror.git([
      ...["-c", "repack.writeBitmaps=false", "-c", "repack.updateServerInfo=false"],
      ...["repack", "--quiet", "-d", isBig ? "-a" : "--geometric=2"],
    ], options);
    await mirror.git(["pack-refs", "--all"], options);
    return isBig ? sum(await sizesOfPacks(mirror.folder)) : base;
  }, signal);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all + size, 0);
}
