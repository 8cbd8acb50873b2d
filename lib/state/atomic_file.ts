/** Files that are whole or not there: what a crash in the middle of a write must not change. */

import { dirname } from "node:path";

/**
 * Replaces a file's content in one step, readable by its owner only. The folder is made, for its owner only, if it is missing.
 *
 * @param file absolute
 */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = await Deno.makeTempFile({ dir: folder, prefix: ".draft-" });
  try {
    await Deno.chmod(draft, 0o600);
    using handle = await Deno.open(draft, { write: true });
    await writeWhole(handle, new TextEncoder().encode(text));
    await handle.syncData();
    await Deno.rename(draft, file);
  } catch (error) {
    await Deno.remove(draft).catch(() => undefined);
    throw error;
  }
}

async function writeWhole(handle: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await handle.write(bytes.subarray(done));
}
