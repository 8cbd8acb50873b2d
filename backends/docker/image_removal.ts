/** Removing an image that has lost its name. */

import type { Engine } from "../engine/engine.ts";
import { inspectImage } from "../engine/image.ts";
import { clearMarks, type ImageMark } from "./image_marks.ts";

/**
 * Removes an image if it has no name any more and no container is made of it: the engine refuses the rest by itself.
 * Never throws: the image that took its name is there.
 */
export async function removeNameless(
  engine: Engine,
  context: Parameters<typeof clearMarks>[0],
  id: ImageMark["id"],
): Promise<void> {
  try {
    const image = await inspectImage(engine, id);
    if (image === undefined || image.tags.length > 0) return;
    const { code } = await engine.raw(["image", "rm", id]);
    if (code === 0) await clearMarks(context, id);
  } catch {
    // Told above.
  }
}
