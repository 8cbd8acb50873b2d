/** The repository's files, as its tests look at them. */

/** The repository's folder, with a slash at its end. */
export const ROOT: string = new URL("../../../", import.meta.url).pathname;

/** The files under a folder of the repository whose path from the root fits, sorted; none if there is no such folder. */
export async function walkFiles(folder: string, fits: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of readFolder(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await walkFiles(path, fits));
    else if (fits.test(path)) found.push(path);
  }
  return found.sort();
}

async function* readFolder(folder: string): AsyncIterable<Deno.DirEntry> {
  try {
    yield* Deno.readDir(ROOT + folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
