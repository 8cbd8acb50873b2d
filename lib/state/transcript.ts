/** What an agent program wrote down of its sessions, kept in `archive/<slug>/transcript/` when its bottle goes. */

import { join } from "node:path";
import { BottleError } from "../errors.ts";
import type { Slug } from "../names.ts";
import { removeIfThere } from "./scraps.ts";
import { asWriteFailure } from "./write_failure.ts";

/** Brings a path of the guest into a folder of the host. @throws {BottleError} `not-found` for one that isn't there */
export type CopyOut = (path: string, intoFolder: string) => Promise<void>;

/**
 * Replaces what was archived before by what the guest has now, each path under its last name. Paths that the guest lacks are
 * passed over: the agent may never have begun. On a failure the older one stays.
 *
 * @returns the folder; null if there was nothing to archive
 * @throws {BottleError} what copying throws; `disk-full`, `not-writable`
 */
export async function archiveTranscript(
  home: string,
  slug: Slug,
  paths: readonly string[],
  copy: CopyOut,
): Promise<string | null> {
  if (paths.length === 0) return null;
  const archive = join(home, "archive", slug);
  const fresh = await makeFresh(archive);
  try {
    for (const path of paths) await copyUnlessMissing(path, fresh, copy);
    if ((await Array.fromAsync(Deno.readDir(fresh))).length === 0) return null;
    const folder = join(archive, "transcript");
    await removeIfThere([folder]);
    await Deno.rename(fresh, folder);
    return folder;
  } finally {
    await removeIfThere([fresh]);
  }
}

async function makeFresh(archive: string): Promise<string> {
  try {
    await Deno.mkdir(archive, { recursive: true, mode: 0o700 });
    return await Deno.makeTempDir({ dir: archive, prefix: ".transcript-" });
  } catch (error) {
    throw asWriteFailure(error, archive);
  }
}

async function copyUnlessMissing(path: string, into: string, copy: CopyOut): Promise<void> {
  try {
    await copy(path, into);
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "not-found") throw error;
  }
}
