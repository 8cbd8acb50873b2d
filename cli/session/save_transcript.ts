/** The agent program's own record of its sessions, saved before the bottle goes. */

import { BottleError } from "../../lib/errors.ts";
import type { BottleState } from "../../lib/state/state.ts";
import { archiveTranscript, type CopyOut } from "../../lib/state/transcript.ts";
import type { Services } from "../command.ts";

/**
 * Saves it into the bottle's archive.
 *
 * @param copy out of the bottle, running or stopped
 * @returns why it could not be saved; null: it was, or there is none
 */
export async function saveTranscript(
  { context }: Services,
  { slug, transcript_paths: paths }: Pick<BottleState, "slug" | "transcript_paths">,
  copy: CopyOut,
): Promise<string | null> {
  try {
    await archiveTranscript(context.home, slug, paths, copy);
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof BottleError) return error.message;
    throw error;
  }
}
