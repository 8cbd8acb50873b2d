/** Work that was never fetched, of a bottle that is gone: `archive/<slug>/{work.json,work.bundle}`. */

import { join } from "node:path";
import type { z } from "../deps/zod.ts";
import type { Slug } from "../names.ts";
import { writeFileAtomically } from "./atomic_file.ts";
import { corrupted, workspaceSchema } from "./state.ts";
import { asWriteFailure } from "./write_failure.ts";

/** The workspace part of a state. */
export type ArchivedWorkspace = Readonly<z.infer<typeof workspaceSchema>>;

const BUNDLE = "work.bundle";

/** The folder of a bottle's archive. */
export function archiveFolder(home: string, slug: Slug): string {
  return join(home, "archive", slug);
}

/**
 * Moves a bottle's saved work from its state to its archive.
 *
 * @param from `state/<slug>`
 * @throws {BottleError} `disk-full`, `not-writable`
 */
export async function archiveWork(
  home: string,
  slug: Slug,
  workspace: ArchivedWorkspace,
  from: string,
): Promise<void> {
  const folder = archiveFolder(home, slug);
  await rememberArchivedWork(home, slug, workspace);
  try {
    await Deno.rename(join(from, BUNDLE), join(folder, BUNDLE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw asWriteFailure(error, join(folder, BUNDLE));
  }
}

/** Writes what is remembered of archived work over what was. @throws {BottleError} `disk-full`, `not-writable` */
export async function rememberArchivedWork(
  home: string,
  slug: Slug,
  workspace: ArchivedWorkspace,
): Promise<void> {
  const file = join(archiveFolder(home, slug), "work.json");
  await writeFileAtomically(file, `${JSON.stringify(workspace, null, 2)}\n`);
}

/** What is archived of a bottle's work; undefined: nothing. @throws {BottleError} `state-corrupted` */
export async function readArchivedWork(
  home: string,
  slug: Slug,
): Promise<ArchivedWorkspace | undefined> {
  const file = join(archiveFolder(home, slug), "work.json");
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const parsed = workspaceSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw corrupted(file, parsed.error.issues[0]?.message ?? "not a workspace");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
