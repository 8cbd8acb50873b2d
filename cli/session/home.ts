/** Which home this is, for the engine's labels. */

import { type HomeId, homeId } from "../../lib/names.ts";

/** By the home's real path; one that does not exist yet has no other. */
export async function homeIdOf(home: string): Promise<HomeId> {
  try {
    return homeId(await Deno.realPath(home));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return homeId(home);
    throw error;
  }
}
