/** Which files a push brings, and in which order they are looked through. */

import type { GitOptions } from "../git.ts";
import type { Mirror } from "../mirror.ts";
import { DIFF_TREE_ARGS, type FileChange, readFileChanges } from "./file_changes.ts";
import type { NewObjects } from "./new_objects.ts";
import { unscannable } from "./unscannable.ts";

/** What the commits of a push do to files. */
export interface PushedFiles {
  /** Of each new file its first appearance, parents' before children's. */
  readonly files: readonly FileChange[];
  /** Paths that some commit adds, as {@linkcode FileChange.path}, and that commit. */
  readonly addedPaths: ReadonlyMap<string, string>;
}

/** Changes of all commits together: trees that name each other again and again have more paths than atoms. */
const MAX_CHANGES = 1_000_000;
/** Bytes of all new paths, which are held in memory: of the same trees each may have thousands. */
const MAX_PATH_BYTES = 64 * 1024 ** 2;

/**
 * Reads what each commit changes.
 *
 * Of a file only lines are looked through that are in none of the versions before, and only its first appearance counts,
 * parents before children. So whatever is passed over stands in a version that the upstream has, or in one whose
 * own first appearance came earlier: nothing is passed over for the sake of something that was passed over for its.
 *
 * @throws {BottleError} `scan-failed`; the signal's reason
 */
export async function readPushedFiles(
  mirror: Mirror,
  { heads, commits }: NewObjects,
  options: GitOptions,
): Promise<PushedFiles> {
  const files = new Map<string, FileChange>();
  const addedPaths = new Map<string, string>();
  if (commits.length === 0) return { files: [], addedPaths };
  const stdin = `${commits.join("\n")}\n`;
  await using git = mirror.gitStream(DIFF_TREE_ARGS, { ...options, stdin });
  let changes = 0;
  let pathBytes = 0;
  for await (const change of readFileChanges(git.stdout)) {
    if (++changes > MAX_CHANGES) throw unscannable(`it changes more than ${MAX_CHANGES} files`);
    if (change.isAdded && !addedPaths.has(change.path)) {
      addedPaths.set(change.path, change.commit);
      pathBytes += change.path.length;
      if (pathBytes > MAX_PATH_BYTES) throw unscannable("the paths that it adds are too long");
    }
    if (change.kind !== "file" || !heads.has(change.blob) || files.has(change.blob)) continue;
    files.set(change.blob, change);
  }
  const { code } = await git.ended;
  options.signal?.throwIfAborted();
  if (code !== 0) throw unscannable(`git diff-tree ended with exit code ${code}`);
  return { files: [...files.values()], addedPaths };
}
