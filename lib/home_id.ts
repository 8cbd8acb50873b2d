/** Which home this is, for the labels of everything that belongs to it. */

import { basename, dirname, join } from "node:path";
import { type HomeId, homeId } from "./names.ts";

/** By the home's real path, which is the same before the home is made. @param home absolute */
export async function findHomeId(home: string): Promise<HomeId> {
  return homeId(await realPath(home));
}

/** A path with its links followed, as far as it is there. @param path absolute */
export async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    return join(await realPath(dirname(path)), basename(path));
  }
}
