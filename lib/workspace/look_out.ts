/** What a person should look at before the agent's branch is checked out and built: warnings, not refusals. */

import type { ChangedFile } from "./changes.ts";
import type { HostGit } from "./host_git.ts";
import { hasNewScripts, isPackageManifest, type RiskyFile, riskyFiles } from "./risky_files.ts";
import type { Oid } from "./types.ts";

/** A `package.json` of people is some kilobytes. In bytes. */
const MAX_MANIFEST = 1024 * 1024;
/** Package manifests that are read; the rest is warned of unread. */
const MAX_MANIFESTS = 200;

/** The risky ones among the files that differ between two commits. */
export async function lookOut(
  git: HostGit,
  files: readonly ChangedFile[],
  range: { readonly from: Oid; readonly to: Oid; readonly signal?: AbortSignal },
): Promise<readonly RiskyFile[]> {
  const found = [...riskyFiles(files)];
  const manifests = files.filter(({ path, status }) =>
    status !== "deleted" && isPackageManifest(path)
  );
  for (const [at, { path, old_path: oldPath }] of manifests.entries()) {
    if (at < MAX_MANIFESTS && !await changesScripts(git, path, oldPath ?? path, range)) continue;
    found.push({ path, why: "its scripts run when you install or build" });
  }
  return found;
}

async function changesScripts(
  git: HostGit,
  path: string,
  oldPath: string,
  { from, to, signal }: { readonly from: Oid; readonly to: Oid; readonly signal?: AbortSignal },
): Promise<boolean> {
  const read = async (commit: Oid, at: string): Promise<string | null> => {
    const { code, stdout } = await git(["cat-file", "blob", `${commit}:${at}`], {
      keepBytes: MAX_MANIFEST,
      ...(signal === undefined ? {} : { signal }),
    });
    return code === 0 ? stdout : null;
  };
  const after = await read(to, path);
  return after === null || hasNewScripts(await read(from, oldPath), after);
}
