/** Keeping a mirror's packs few: each push and each fetch leaves one more, and every git opens them all. */

import type { Mirror } from "./mirror.ts";
import { countPacks } from "./mirror_files.ts";

/** So many cost a git some milliseconds. */
const MAX_PACKS = 50;
const LIMIT_MS = 300_000;

/**
 * Where there are many, rolls up those that are small beside the rest, so that a big one is seldom written again. Nothing is
 * lost, and packs of pushes that are under way stay as they are: git keeps them. If it fails there are many packs, and that
 * is all.
 */
export async function tidyPacks(
  mirror: Pick<Mirror, "folder" | "git" | "exclusive">,
  signal: AbortSignal,
): Promise<void> {
  if (await countPacks(mirror.folder) <= MAX_PACKS) return;
  const options = { signal, timeoutMs: LIMIT_MS };
  await mirror.exclusive(async () => {
    await mirror.git([
      ...["-c", "repack.writeBitmaps=false", "-c", "repack.updateServerInfo=false"],
      ...["repack", "--quiet", "-d", "--geometric=2"],
    ], options);
    await mirror.git(["pack-refs", "--all"], options);
  }, signal);
}
