/** Work that was collected and lies on disk: `work.bundle` beside a bottle's state, or in the archive when the bottle is gone. */

import { join } from "node:path";
import type { BottleState } from "../state/state.ts";
import { type CollectRequest, collectWork, type Guest } from "./collect.ts";
import type { Oid } from "./types.ts";
import type { WorkFacts } from "./work_facts.ts";

/** What a state remembers of its workspace. */
export type WorkspaceState = NonNullable<BottleState["workspace"]>;
/** What it remembers of the work in it, when that was collected last. */
export type WorkState = NonNullable<WorkspaceState["work"]>;

/** The file's name. */
export const WORK_FILE = "work.bundle";

/** Collected work, ready to be looked at. Disposing it removes what was made for the look. */
export interface FoundWork extends AsyncDisposable {
  readonly facts: WorkFacts;
  /** The bundle's file; null: nothing came that the person doesn't have. */
  readonly bundle: string | null;
  /** RFC 3339; null: just now, from the running bottle. */
  readonly collectedAt: string | null;
}

/**
 * Collects into a bottle's folder, over what was there, in one step: after a failure the older work is still there.
 *
 * @param folder `state/<slug>`, which exists
 * @throws {BottleError} as `collectWork`
 */
export async function saveWork(
  guest: Guest,
  request: Omit<CollectRequest, "file"> & { readonly folder: string; readonly now: Date },
): Promise<WorkState> {
  const { folder, now, ...rest } = request;
  const draft = join(folder, `.work-${crypto.randomUUID()}`);
  const file = join(folder, WORK_FILE);
  try {
    const { facts, bytes } = await collectWork(guest, { ...rest, file: draft });
    if (bytes === null) await removeFile(file);
    else await Deno.rename(draft, file);
    return {
      collected_at: now.toISOString(),
      head: facts.head,
      branch: facts.branch,
      uncommitted: facts.uncommitted,
      left_out: facts.leftOut,
      elsewhere: facts.elsewhere,
      bytes,
    };
  } finally {
    await removeFile(draft);
  }
}

/** Collects for one look, into the bottle's folder, and remembers nothing. */
export async function collectForNow(
  guest: Guest,
  request: Omit<CollectRequest, "file"> & { readonly folder: string },
): Promise<FoundWork> {
  const { folder, ...rest } = request;
  const file = join(folder, `.work-${crypto.randomUUID()}`);
  try {
    const { facts, bytes } = await collectWork(guest, { ...rest, file });
    return {
      facts,
      bundle: bytes === null ? null : file,
      collectedAt: null,
      [Symbol.asyncDispose]: () => removeFile(file),
    };
  } catch (error) {
    await removeFile(file);
    throw error;
  }
}

/** What was saved before. @param folder where its file lies */
export function savedWork(folder: string, work: WorkState): FoundWork {
  return {
    facts: {
      head: work.head,
      branch: work.branch,
      uncommitted: work.uncommitted,
      leftOut: work.left_out,
      elsewhere: work.elsewhere,
    },
    bundle: work.bytes === null ? null : join(folder, WORK_FILE),
    collectedAt: work.collected_at,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Whether removing the bottle would lose nothing that the agent did in the workspace, as far as was collected. */
export function isSafelyHome({ base, fetched, work }: WorkspaceState): boolean {
  if (work === null) return false;
  const isKnown = work.head === base || work.head === fetched;
  return isKnown && work.uncommitted === null && work.left_out === "none" && work.elsewhere === 0;
}

/** What a person has of the agent's history already. */
export function knownCommits(
  { base, fetched }: WorkspaceState,
  hasFetched: boolean,
): readonly Oid[] {
  return fetched !== null && hasFetched ? [base, fetched] : [base];
}

async function removeFile(file: string): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
