/** Which home this is, for the labels of everything that belongs to it. */

import { type HomeId, homeId } from "./names.ts";

/** By the home's real path; one that isn't there yet, as with manifests from objects, has no other. @param home absolute */
export async function findHomeId(home: string): Promise<HomeId> {
  try {
    return homeId(await Deno.realPath(home));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return homeId(home);
    throw error;
  }
}
