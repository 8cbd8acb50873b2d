/** What builds have left that failed, or whose program was killed: layers without a name, of this home by its own notes. */

import type { CleanupItem } from "../backend.ts";
import type { Context } from "../../lib/context.ts";
import { cacheFolder } from "../bundle/bundle_script.ts";
import { isHeld } from "../bundle/hold_lock.ts";
import { readNotes, removeNote } from "../engine/build_layer.ts";
import type { Engine } from "../engine/engine.ts";
import { inspectImages } from "../engine/image.ts";

type NotesContext = Pick<Context, "home" | "env">;

/** The layers that may go: without a name, under no other image, and of no build that goes on. The engine removes those below them too. */
export async function planUnfinished(
  engine: Engine,
  context: NotesContext,
  signal?: AbortSignal,
): Promise<readonly CleanupItem[]> {
  const ids: string[] = [];
  for (const { name, id } of await readLayers(engine, context, signal)) {
    if (id !== undefined && !await isHeld(`${cacheFolder(context)}/${name}.lock`)) ids.push(id);
  }
  const images = await inspectImages(engine, ids, signal);
  return images.map(({ id, bytes }) => ({
    kind: "image",
    name: id,
    id,
    slug: null,
    running: false,
    bytes,
  }));
}

/** Forgets the notes of layers that are gone, or part of an image by now. */
export async function forgetGone(
  engine: Engine,
  context: NotesContext,
  signal?: AbortSignal,
): Promise<void> {
  for (const { file, id } of await readLayers(engine, context, signal)) {
    if (id === undefined) await removeNote(file);
  }
}

/** The notes, each with the whole id of its layer if that is still the top of something without a name. */
async function readLayers(
  engine: Engine,
  context: NotesContext,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly file: string; readonly name: string; readonly id?: string }[]> {
  const notes = await readNotes(`${context.home}/logs`);
  if (notes.length === 0) return [];
  const args = ["image", "ls", "--quiet", "--no-trunc", "--filter", "dangling=true"];
  const text = await engine.docker(args, signal === undefined ? {} : { signal });
  const nameless = text.split("\n").filter((id) => id !== "");
  return notes.map(({ file, name, layer }) => {
    const id = nameless.find((each) => each.startsWith(`sha256:${layer}`));
    return { file, name, ...(id === undefined ? {} : { id }) };
  });
}
