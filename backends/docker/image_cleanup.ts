/** `cleanup --images`: images that were built for this home, and that no container is made of. */

import type { CleanupItem } from "../backend.ts";
import { type HomeId, Label } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { type EngineImage, inspectImage, inspectImages } from "../engine/image.ts";
import { filterArgs } from "../engine/labels.ts";
import { clearMarks, isMarked } from "./image_marks.ts";

type MarksContext = Parameters<typeof isMarked>[0];

/** Names that only this program gives. An image that a person made from one of ours has its labels, and not its name. */
const OUR_TAG = /^bot-bottle-(?:agent-[a-z0-9-]+|bundle):[0-9a-f]{12}$/;

/** What {@linkcode planImageCleanup} looks at. */
export interface ImageCleanupRequest {
  readonly home: HomeId;
  /** Ids of containers that go first: what they are made of is then free. */
  readonly leaving: ReadonlySet<string>;
}

/**
 * The images that may go: those with a name of ours, and nameless ones that this program is known to have built. Never
 * one that a container of anybody's is made of.
 */
export async function planImageCleanup(
  engine: Engine,
  context: MarksContext,
  { home, leaving }: ImageCleanupRequest,
  signal?: AbortSignal,
): Promise<readonly CleanupItem[]> {
  const [images, used] = await Promise.all([
    findImages(engine, home, signal),
    usedImages(engine, leaving, signal),
  ]);
  const items: CleanupItem[] = [];
  for (const image of images) {
    if (used.has(image.id)) continue;
    const { id, bytes } = image;
    const item = { kind: "image", id, slug: null, running: false, bytes } as const;
    if (image.tags.length === 0) {
      if (await isMarked(context, { id, says: "built" })) items.push({ ...item, name: id });
    }
    for (const tag of image.tags) if (OUR_TAG.test(tag)) items.push({ ...item, name: tag });
  }
  return items;
}

/**
 * Removes each by its name, a nameless one by its id, without force: the engine leaves what is in use. One whose name
 * means another image by now is left too.
 *
 * @returns a line for each that is left
 */
export async function removeImages(
  engine: Engine,
  context: MarksContext,
  items: readonly CleanupItem[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { kind, name, id } of items) {
    if (kind !== "image") continue;
    const image = await inspectImage(engine, name, signal);
    if (image === undefined) continue;
    const isSame = image.id === id && (name !== id || image.tags.length === 0);
    const result = isSame
      ? await engine.raw(["image", "rm", name], signal === undefined ? {} : { signal })
      : undefined;
    if (result?.code === 0) {
      if (await inspectImage(engine, id, signal) === undefined) await clearMarks(context, id);
    } else {
      const why = result === undefined
        ? "it is another image by now"
        : new TextDecoder().decode(result.stderr).trim();
      left.push(`${name}: ${why}`);
    }
  }
  return left;
}

async function findImages(
  engine: Engine,
  home: HomeId,
  signal: AbortSignal | undefined,
): Promise<readonly EngineImage[]> {
  const labels = filterArgs({ [Label.home]: home, [Label.role]: "image" });
  const args = ["image", "ls", "--quiet", "--no-trunc", ...labels];
  return await inspectImages(engine, await lines(engine, args, signal), signal);
}

/** Ids of the images that containers are made of, whosever they are. */
async function usedImages(
  engine: Engine,
  leaving: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const all = await lines(engine, ["ps", "--all", "--quiet", "--no-trunc"], signal);
  const staying = all.filter((id) => !leaving.has(id));
  if (staying.length === 0) return new Set();
  const format = ["container", "inspect", "--format", "{{.Image}}"];
  const result = await engine.raw([...format, ...staying], signal === undefined ? {} : { signal });
  // One that has just gone is named on stderr; the others' images are there.
  return new Set(new TextDecoder().decode(result.stdout).split("\n").filter((id) => id !== ""));
}

async function lines(
  engine: Engine,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const text = await engine.docker(args, signal === undefined ? {} : { signal });
  return [...new Set(text.split("\n").filter((line) => line !== ""))];
}
