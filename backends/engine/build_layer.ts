/**
 * The newest layer of a build that goes on, noted beside its log: the legacy builder gives it neither name nor label, and a program
 * that is killed takes nothing back.
 */

/** Where the layer of the build with this log is noted. */
export function layerFile(logFile: string): string {
  return `${logFile.replace(/\.log$/, "")}${LAYER_ENDING}`;
}

/** How the notes' names end. */
export const LAYER_ENDING = ".layer";

/** One build's note. Never throws: a note that can't be written costs room in the engine, no more. */
export class LayerNote {
  readonly #file: string;
  #layer: string | null = null;
  #written: Promise<void> = Promise.resolve();

  /** @param file its folder is made */
  constructor(file: string) {
    this.#file = file;
  }

  /** @param layer an image's id; null: none yet */
  write(layer: string | null): void {
    if (layer === null || layer === this.#layer) return;
    this.#layer = layer;
    this.#written = this.#written.then(() => writeNote(this.#file, layer));
  }

  /** The build has its name, or nothing of it is left. */
  async remove(): Promise<void> {
    await this.#written;
    if (this.#layer !== null) await removeNote(this.#file);
  }

  /** Resolves when what was noted is on the disk. */
  async keep(): Promise<void> {
    await this.#written;
  }
}

async function writeNote(file: string, layer: string): Promise<void> {
  try {
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(file, layer, { mode: 0o600 });
  } catch {
    // Told above.
  }
}

/** Takes a note away; one that is gone already is no failure. */
export async function removeNote(file: string): Promise<void> {
  await Deno.remove(file).catch(() => {});
}

/** The notes of a folder of logs: the file, the build's name, the layer. */
export async function readNotes(
  folder: string,
): Promise<readonly { readonly file: string; readonly name: string; readonly layer: string }[]> {
  const notes: { file: string; name: string; layer: string }[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile || !entry.name.endsWith(LAYER_ENDING)) continue;
      const file = `${folder}/${entry.name}`;
      const layer = await Deno.readTextFile(file);
      const name = entry.name.slice(0, -LAYER_ENDING.length);
      if (/^[0-9a-f]{12,64}$/.test(layer)) notes.push({ file, name, layer });
    }
  } catch {
    // No folder, no notes; one that has just gone is none.
  }
  return notes;
}
