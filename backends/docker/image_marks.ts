/** What is known of images by their ids: that this program built one, that one will do for a guest. Kept in the cache folder. */

import type { Context } from "../../lib/context.ts";
import { cacheFolder } from "../bundle/bundle_script.ts";

/** An image's id and what is said of it make the name of an empty file. */
export interface ImageMark {
  /** `sha256:<64 hex>` */
  readonly id: string;
  /** `built`, or `fit-…`. */
  readonly says: string;
}

type MarksContext = Pick<Context, "env" | "home">;

/** Whether it was said. A cache that can't be read says nothing. */
export async function isMarked(context: MarksContext, mark: ImageMark): Promise<boolean> {
  try {
    return (await Deno.lstat(fileOf(context, mark))).isFile;
  } catch {
    return false;
  }
}

/** Says it. A cache that can't be written costs time at the next launch, no more. */
export async function setMark(context: MarksContext, mark: ImageMark): Promise<void> {
  try {
    await Deno.mkdir(folderOf(context), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(fileOf(context, mark), "", { mode: 0o600 });
  } catch {
    // Told above.
  }
}

/** Forgets all that was said of an image that is gone. */
export async function clearMarks(context: MarksContext, id: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folderOf(context))) {
      if (name.startsWith(`${hexOf(id)}-`)) await Deno.remove(`${folderOf(context)}/${name}`);
    }
  } catch {
    // Told above.
  }
}

function folderOf(context: MarksContext): string {
  return `${cacheFolder(context)}/images`;
}

function fileOf(context: MarksContext, { id, says }: ImageMark): string {
  return `${folderOf(context)}/${hexOf(id)}-${says}`;
}

function hexOf(id: string): string {
  return id.replace(/^sha256:/, "").replaceAll(/[^0-9a-f]/g, "");
}
