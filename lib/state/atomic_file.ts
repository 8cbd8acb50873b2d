/** Files that are whole or not there: what a crash in the middle of a write must not change. */

import { dirname } from "node:path";
import { asWriteFailure } from "./write_failure.ts";

/**
 * Replaces a file's content in one step, readable by its owner only. The folder is made, for its owner only, if it is missing.
 *
 * @param file absolute
 * @throws {BottleError} `disk-full`, `not-writable`
 */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  await writePiecesAtomically(file, [text]);
}

/**
 * The same for what is too large to be held: the pieces go out as they come. An error of theirs leaves the file as it was.
 *
 * @throws {BottleError} `disk-full`, `not-writable`; what the pieces throw
 */
export async function writePiecesAtomically(
  file: string,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const draft = await makeDraft(file);
  try {
    await Deno.chmod(draft, 0o600);
    using handle = await Deno.open(draft, { write: true });
    const encoder = new TextEncoder();
    for await (const piece of pieces) await writeWhole(handle, encoder.encode(piece));
    await handle.syncData();
    await Deno.rename(draft, file);
  } catch (error) {
    await Deno.remove(draft).catch(() => undefined);
    throw asWriteFailure(error, file);
  }
}

async function makeDraft(file: string): Promise<string> {
  const folder = dirname(file);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    return await Deno.makeTempFile({ dir: folder, prefix: ".draft-" });
  } catch (error) {
    throw asWriteFailure(error, file);
  }
}

async function writeWhole(handle: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await handle.write(bytes.subarray(done));
}
